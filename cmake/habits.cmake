# How every target of ours is compiled.
add_library(habits INTERFACE)
target_compile_definitions(habits INTERFACE _POSIX_C_SOURCE=200809L _DEFAULT_SOURCE)
target_compile_options(habits INTERFACE
    -Wall -Wextra -Werror -Wshadow -Wconversion -Wsign-conversion -Wpointer-arith -Wcast-qual
    -Wstrict-prototypes -Wmissing-prototypes -Wwrite-strings -Wundef -Wformat=2 -Wvla
    -Wimplicit-fallthrough -Wno-missing-field-initializers -fno-common -fstack-protector-strong
    $<$<C_COMPILER_ID:Clang>:-Wreserved-identifier>)
target_include_directories(habits INTERFACE ${PROJECT_SOURCE_DIR})
if(PLENARY_SANITIZE)
    target_compile_options(habits INTERFACE -fsanitize=${PLENARY_SANITIZE} -fno-omit-frame-pointer
                                            -fno-sanitize-recover=all)
    target_link_options(habits INTERFACE -fsanitize=${PLENARY_SANITIZE})
endif()
if(PLENARY_FUZZ AND NOT CMAKE_C_COMPILER_ID MATCHES Clang)
    message(FATAL_ERROR "PLENARY_FUZZ needs clang, which has libFuzzer: --preset clang")
elseif(PLENARY_FUZZ)
    # Everything tells libFuzzer where it went; without optimisation that would be slow.
    target_compile_options(habits INTERFACE -fsanitize=fuzzer-no-link -O1)
endif()

# plenary_library(NAME sources...): a static library of ours, with the habits.
function(plenary_library name)
    add_library(${name} STATIC ${ARGN})
    target_link_libraries(${name} PRIVATE habits)
endfunction()
