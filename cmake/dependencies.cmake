# Everything outside Plenary's own purpose comes from Debian 12 (script/bootstrap installs it).
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)

pkg_check_modules(CZMQ REQUIRED IMPORTED_TARGET libczmq>=4.2.1)
pkg_check_modules(ZMQ REQUIRED IMPORTED_TARGET libzmq>=4.3.4)
pkg_check_modules(PROTOBUF_C REQUIRED IMPORTED_TARGET libprotobuf-c>=1.4.1)
pkg_check_modules(LMDB REQUIRED IMPORTED_TARGET lmdb>=0.9.24)
pkg_check_modules(GLIB REQUIRED IMPORTED_TARGET glib-2.0>=2.74)
pkg_check_modules(ICU REQUIRED IMPORTED_TARGET icu-i18n>=72 icu-uc>=72)
pkg_check_modules(SODIUM REQUIRED IMPORTED_TARGET libsodium>=1.0.18)
pkg_check_modules(JANSSON REQUIRED IMPORTED_TARGET jansson>=2.14)
pkg_check_modules(YAML REQUIRED IMPORTED_TARGET yaml-0.1>=0.2.5)
pkg_check_modules(ICAL REQUIRED IMPORTED_TARGET libical>=3.0.16)
pkg_check_modules(SMARTCOLS REQUIRED IMPORTED_TARGET smartcols>=2.38)
pkg_check_modules(SYSTEMD REQUIRED IMPORTED_TARGET libsystemd)
if(BUILD_TESTING)
    pkg_check_modules(CMOCKA REQUIRED IMPORTED_TARGET cmocka>=1.1)
endif()

find_library(ROARING_LIBRARY roaring REQUIRED)
add_library(roaring INTERFACE IMPORTED)
target_link_libraries(roaring INTERFACE ${ROARING_LIBRARY})

find_library(STEMMER_LIBRARY stemmer REQUIRED)
add_library(stemmer INTERFACE IMPORTED)
target_link_libraries(stemmer INTERFACE ${STEMMER_LIBRARY})

find_program(PROTOC_C protoc-c REQUIRED)
