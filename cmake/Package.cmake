# cpack -G DEB --config build/CPackConfig.cmake: two Debian packages of what was built. libsharpness1 has what a program needs to run; its number is that
# of the soname, so that a later libsharpness2 can stand beside it. libsharpness-dev has what one needs to build a program. They are not called after
# libsam.so: Debian's archive has a libsam-dev of another project (corosync's, with a libsam.so.4), and an upgrade would put that in our place. Runtimes
# of both can be installed together, the development packages cannot, for each has a link libsam.so. SOURCE_DATE_EPOCH in the environment gives
# the dates inside; with it the same sources give the same bytes (umask 022).
set(SAM_MAINTAINER "the libsam authors <libsam@localhost.localdomain>" CACHE STRING "Name and address of who makes the Debian packages")
set(CMAKE_SKIP_INSTALL_ALL_DEPENDENCY ON)      # packing builds nothing
set(CPACK_PACKAGE_NAME libsam)
set(CPACK_PACKAGE_VENDOR "the libsam authors")
set(CPACK_PACKAGE_CONTACT "${SAM_MAINTAINER}")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_ALL runtime development)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)

set(CPACK_DEBIAN_RUNTIME_PACKAGE_NAME libsharpness1)
set(CPACK_DEBIAN_RUNTIME_PACKAGE_CONFLICTS libsam1)      # whatever has that name has a libsam.so.1
set(CPACK_DEBIAN_RUNTIME_PACKAGE_SECTION libs)
set(CPACK_COMPONENT_RUNTIME_DESCRIPTION "SAM and its relatives over any of the usual base optimizers: they move the
host's own weights, in place. The host computes losses and gradients.")
set(CPACK_DEBIAN_RUNTIME_PACKAGE_SHLIBDEPS ON)
if(SAM_BLAS)
    set(CPACK_DEBIAN_RUNTIME_PACKAGE_RECOMMENDS libopenblas0)      # loaded at first use; without it plain code
endif()
file(WRITE ${CMAKE_CURRENT_BINARY_DIR}/debian/shlibs "libsam 1 libsharpness1 (>= ${PROJECT_VERSION})\n")
file(WRITE ${CMAKE_CURRENT_BINARY_DIR}/debian/triggers "activate-noawait ldconfig\n")
set(CPACK_DEBIAN_RUNTIME_PACKAGE_CONTROL_EXTRA ${CMAKE_CURRENT_BINARY_DIR}/debian/shlibs ${CMAKE_CURRENT_BINARY_DIR}/debian/triggers)

set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME libsharpness-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_CONFLICTS libsam-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_COMPONENT_DEVELOPMENT_DESCRIPTION "Headers for C and C++, the pkg-config file and the CMake package.")
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS "libsharpness1 (= ${PROJECT_VERSION})")

# What each says of itself under /usr/share/doc.
configure_file(cmake/changelog.in ${CMAKE_CURRENT_BINARY_DIR}/debian/changelog @ONLY)
find_program(SAM_GZIP gzip REQUIRED)
execute_process(COMMAND ${SAM_GZIP} -9nf ${CMAKE_CURRENT_BINARY_DIR}/debian/changelog COMMAND_ERROR_IS_FATAL ANY)
foreach(component RUNTIME DEVELOPMENT)
    string(TOLOWER ${component} lower)
    set(folder share/doc/${CPACK_DEBIAN_${component}_PACKAGE_NAME})
    install(FILES LICENSE DESTINATION ${folder} RENAME copyright COMPONENT ${lower})
    install(FILES NOTICES.md ${CMAKE_CURRENT_BINARY_DIR}/debian/changelog.gz DESTINATION ${folder} COMPONENT ${lower})
endforeach()
include(CPack)
