# libplenary.so: the public C API for programs outside this tree. Those within link `client`.
set(LIBPLENARY_SOVERSION 0)
set(LIBPLENARY_MAP ${CMAKE_CURRENT_LIST_DIR}/libplenary.map)
add_library(libplenary SHARED
    lib/batch.c lib/calls.c lib/client.c lib/context.c lib/dealer.c lib/folders.c lib/lib_error.c lib/monitor.c
    lib/pace.c lib/position.c lib/reply.c lib/replace_file.c lib/subscriber.c lib/subscriber_say.c
    ../proto/arena.c ../proto/curve.c ../proto/frame.c ../proto/id.c ../proto/key_file.c ../proto/paths.c ../proto/peek.c ../proto/status.c ../proto/text.c
    $<TARGET_OBJECTS:messages>)
set_target_properties(libplenary PROPERTIES
    OUTPUT_NAME plenary
    VERSION ${PROJECT_VERSION}
    SOVERSION ${LIBPLENARY_SOVERSION}
    LINK_DEPENDS ${LIBPLENARY_MAP})
target_link_options(libplenary PRIVATE
    -Wl,--version-script=${LIBPLENARY_MAP} -Wl,--as-needed)
if(NOT PLENARY_SANITIZE) # with clang a sanitizer's functions are in the program, not in the library
    target_link_options(libplenary PRIVATE -Wl,--no-undefined)
endif()
target_include_directories(libplenary SYSTEM PRIVATE ${PROJECT_BINARY_DIR}/proto/generated)
target_link_libraries(libplenary
    PRIVATE habits PkgConfig::PROTOBUF_C PkgConfig::ZMQ PkgConfig::SODIUM)
add_dependencies(libplenary messages)

file(RELATIVE_PATH LIBPLENARY_PREFIX_FROM_PC
    ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_PREFIX})
configure_file(${CMAKE_CURRENT_LIST_DIR}/plenary.pc.in ${CMAKE_CURRENT_BINARY_DIR}/plenary.pc @ONLY)

install(TARGETS libplenary
    LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT libplenary
    NAMELINK_COMPONENT libplenary)
install(FILES ${CMAKE_CURRENT_LIST_DIR}/plenary.h
    DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT libplenary)
install(DIRECTORY ${PROJECT_BINARY_DIR}/proto/generated/plenary
    DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT libplenary FILES_MATCHING PATTERN "*.pb-c.h")
install(DIRECTORY ${PROJECT_SOURCE_DIR}/proto/plenary
    DESTINATION ${CMAKE_INSTALL_DATADIR}/plenary/proto COMPONENT libplenary
    FILES_MATCHING PATTERN "*.proto")
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/plenary.pc
    DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT libplenary)
