# Harnesses: each runs its corpus in every build; with PLENARY_FUZZ (clang) libFuzzer drives it.
#
#   fuzz_harness(NAME libraries...): fuzz_NAME of fuzz_NAME.c, with corpus/NAME.
#
# `cmake --build --preset clang --target fuzz` runs each for PLENARY_FUZZ_SECONDS, one after the
# other. What it finds is kept in build/clang/tests/fuzz: mend it, then put the input into corpus/.
set(PLENARY_FUZZ_SECONDS 60 CACHE STRING "How long the target `fuzz` runs each harness")
set(fuzz_runs)

# Mutations put in the names of the contract's fields and values, which no mutation would find.
set(words)
foreach(part event directory query request stream)
    file(STRINGS ${PROJECT_SOURCE_DIR}/proto/plenary/v1/${part}.proto lines REGEX "^ +.* = [0-9]+;")
    foreach(line IN LISTS lines)
        string(REGEX REPLACE "^.*[ ]([A-Za-z0-9_]+) = [0-9]+.*" "\\1" word "${line}")
        string(TOLOWER "${word}" word)
        list(APPEND words "\"${word}\"\n")
    endforeach()
endforeach()
list(REMOVE_DUPLICATES words)
list(JOIN words "" words)
file(CONFIGURE OUTPUT contract.dict CONTENT "@words@" @ONLY)

function(fuzz_harness name)
    set(target fuzz_${name})
    set(corpus ${CMAKE_CURRENT_SOURCE_DIR}/corpus/${name})
    add_executable(${target} ${target}.c)
    target_link_libraries(${target} PRIVATE habits ${ARGN} PkgConfig::GLIB)
    if(NOT PLENARY_FUZZ)
        target_sources(${target} PRIVATE replay.c)
        add_test(NAME ${target} COMMAND ${target} ${corpus})
    else()
        target_sources(${target} PRIVATE engine.c)
        target_link_options(${target} PRIVATE -fsanitize=fuzzer)
        # -runs=0: the corpus alone.
        add_test(NAME ${target} COMMAND ${target} -runs=0 ${corpus})
        set(found ${CMAKE_CURRENT_BINARY_DIR}/found/${name})
        file(MAKE_DIRECTORY ${found})
        # Registries in memory: what is fuzzed is not the disk.
        set(run ${CMAKE_COMMAND} -E env TMPDIR=/dev/shm $<TARGET_FILE:${target}>
                -max_total_time=${PLENARY_FUZZ_SECONDS} -timeout=20 -max_len=65536
                -print_final_stats=1 -artifact_prefix=${target}-
                -dict=${CMAKE_CURRENT_BINARY_DIR}/contract.dict ${found} ${corpus})
        set(fuzz_runs ${fuzz_runs} COMMAND ${run} PARENT_SCOPE)
        if(PLENARY_NIGHTLY)
            add_test(NAME ${target}_nightly COMMAND ${run})
            set_tests_properties(${target}_nightly PROPERTIES TIMEOUT 3600 LABELS nightly)
        endif()
    endif()
    set_tests_properties(${target} PROPERTIES TIMEOUT 300 LABELS fuzz)
endfunction()

add_library(fuzz_codec STATIC codec.c)
target_link_libraries(fuzz_codec PRIVATE habits PUBLIC proto)
add_library(fuzz_registry STATIC populate.c)
target_link_libraries(fuzz_registry PRIVATE habits PUBLIC support registry PRIVATE PkgConfig::GLIB)

fuzz_harness(calendars client)
fuzz_harness(disk registry)
fuzz_harness(erase proto)
fuzz_harness(json fuzz_codec)
fuzz_harness(moments proto)
fuzz_harness(pages fuzz_registry)
fuzz_harness(recurrences proto)
fuzz_harness(requests fuzz_registry)
fuzz_harness(streams fuzz_registry bus)
fuzz_harness(words proto)
fuzz_harness(yaml fuzz_codec)
fuzz_harness(zpl outer)

if(NOT PLENARY_FUZZ)
    add_library(fuzz_engine OBJECT engine.c) # so that it stays in order where nothing fuzzes
    target_link_libraries(fuzz_engine PRIVATE habits)
endif()
if(PLENARY_FUZZ)
    add_custom_target(fuzz ${fuzz_runs} USES_TERMINAL VERBATIM)
endif()
