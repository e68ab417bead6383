# libsam.so: the engine and, for each instruction set, the kernels, in Embedded Swift: no Swift runtime.
#
# An object of the kernels carries weak copies of the standard library compiled for its instruction set. So that no linker
# keeps one of them for everybody, each object is linked into one, all but its table is made local, and the table gets the
# set's name.
find_program(SAM_LD ld REQUIRED)
find_program(SAM_OBJCOPY objcopy REQUIRED)

set(SAM_SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/Sources)
set(SAM_INCLUDE ${CMAKE_CURRENT_SOURCE_DIR}/include)
file(GLOB_RECURSE SAM_ENGINE_SWIFT CONFIGURE_DEPENDS ${SAM_SOURCES}/SAM/*.swift)
file(GLOB_RECURSE SAM_KERNEL_SWIFT CONFIGURE_DEPENDS ${SAM_SOURCES}/SAMKernels/*.swift)
file(GLOB SAM_SHIM_C CONFIGURE_DEPENDS ${SAM_SOURCES}/CSAMShims/*.c)
file(GLOB SAM_HEADERS CONFIGURE_DEPENDS ${SAM_SOURCES}/CSAMShims/include/* ${SAM_INCLUDE}/*)

set(SAM_SWIFT_FLAGS -enable-experimental-feature Embedded -wmo -parse-as-library -enforce-exclusivity=unchecked
    -Xfrontend -function-sections -Xcc -ffp-contract=off -Xcc -fPIC -I ${SAM_SOURCES}/CSAMShims/include -I ${SAM_INCLUDE})

# sam_swift_object(<object> <module> <sources> <flags...>). The old object goes first: the compiler keeps one whose code did not
# change, also where its flags did. The hash by which it tells is of the command with its folders: without it the same sources give the same bytes anywhere.
# What Swift allocates goes through the shim (SAMReserve.h), which has memory where the system has none.
function(sam_swift_object object module sources)
    add_custom_command(OUTPUT ${object} DEPENDS ${sources} ${SAM_HEADERS} VERBATIM
        COMMAND ${CMAKE_COMMAND} -E rm -f ${object}
        COMMAND ${SAM_SWIFTC} -emit-object ${SAM_SWIFT_FLAGS} ${ARGN} -module-name ${module} ${sources} -o ${object}
        COMMAND ${SAM_OBJCOPY} --remove-section=.swift_modhash --redefine-sym posix_memalign=sam_engine_allocate
            --redefine-sym free=sam_engine_free ${object}
        COMMENT "Swift ${module}")
endfunction()

# sam_kernel_object(<set> <flags...>): sam_kernels_<set>.o, whose one global symbol is sam_kernels_<set>
function(sam_kernel_object set)
    set(object ${CMAKE_CURRENT_BINARY_DIR}/sam_kernels_${set}.o)
    sam_swift_object(${object}.swift SAMKernels_${set} "${SAM_KERNEL_SWIFT}" -Xllvm -force-vector-interleave=1
        -Xllvm -slp-vectorize-hor=false ${ARGN})
    add_custom_command(OUTPUT ${object} DEPENDS ${object}.swift VERBATIM
        COMMAND ${SAM_LD} -r --gc-sections -u sam_kernels_baseline -e sam_kernels_baseline ${object}.swift -o ${object}.one
        COMMAND ${SAM_OBJCOPY} --keep-global-symbol=sam_kernels_baseline ${object}.one ${object}
        COMMAND ${SAM_OBJCOPY} --redefine-sym sam_kernels_baseline=sam_kernels_${set} ${object}
        COMMENT "Kernels ${set}")
    set(SAM_KERNEL_OBJECTS ${SAM_KERNEL_OBJECTS} ${object} PARENT_SCOPE)
endfunction()

sam_kernel_object(baseline -O)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
    sam_kernel_object(v3 -Xcc -march=x86-64-v3 -O -D SAM_COMMON_RULES -D SAM_HALF_LOOPS)
    sam_kernel_object(v4 -Xcc -march=x86-64-v4 -O -D SAM_COMMON_RULES -D SAM_SINGLE)
endif()

# The engine is small before it is fast: what runs per scalar is in the kernels. Little is inlined, no function is copied for a closure it is
# called with, what many functions have in common stands once. (LLVM's own inliner stays: where a retain is a call, a look at the count of
# references may move across it.) SAM_CHECKED: with Swift's checks of indices and overflow, which end the process: the tests run with them too.
set(SAM_SMALL)
foreach(flag -sil-disable-pass=inline -sil-disable-pass=closure-specialize -enable-machine-outliner=always)
    list(APPEND SAM_SMALL -Xllvm ${flag})
endforeach()
if(NOT SAM_CHECKED)
    list(APPEND SAM_SMALL -Xfrontend -remove-runtime-asserts)
endif()
sam_swift_object(${CMAKE_CURRENT_BINARY_DIR}/sam_engine.o SAM "${SAM_ENGINE_SWIFT}" -Osize ${SAM_SMALL})

add_library(sam SHARED ${SAM_SHIM_C} ${SAM_KERNEL_OBJECTS} ${CMAKE_CURRENT_BINARY_DIR}/sam_engine.o)
add_library(SAM::sam ALIAS sam)
set_source_files_properties(${SAM_KERNEL_OBJECTS} ${CMAKE_CURRENT_BINARY_DIR}/sam_engine.o PROPERTIES EXTERNAL_OBJECT TRUE GENERATED TRUE)
set_target_properties(sam PROPERTIES VERSION ${PROJECT_VERSION} SOVERSION 1 C_STANDARD 11 C_VISIBILITY_PRESET hidden
    LIBRARY_OUTPUT_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR} LINK_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/cmake/sam.map)
target_include_directories(sam PUBLIC $<BUILD_INTERFACE:${SAM_INCLUDE}> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>
    PRIVATE ${SAM_SOURCES}/CSAMShims/include)
target_compile_definitions(sam PRIVATE SAM_EMBEDDED _GNU_SOURCE)
set_source_files_properties(${SAM_SOURCES}/CSAMShims/DensePlain.c ${SAM_SOURCES}/CSAMShims/Dense.c PROPERTIES COMPILE_OPTIONS -Os)
target_compile_options(sam PRIVATE -Wall -Wextra -ffunction-sections -fdata-sections)
# nodelete: workers, forks' handlers and OpenBLAS point into the library, so that it stays where a host closes it.
target_link_options(sam PRIVATE -Wl,--gc-sections -Wl,--icf=all -Wl,--as-needed -Wl,-z,defs
    -Wl,-z,nodelete -Wl,--version-script=${CMAKE_CURRENT_SOURCE_DIR}/cmake/sam.map)
find_package(Threads REQUIRED)
target_link_libraries(sam PRIVATE m Threads::Threads ${CMAKE_DL_LIBS})

if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
    target_compile_definitions(sam PRIVATE SAM_KERNEL_SETS)
endif()
if(SAM_SANITIZE)
    target_compile_options(sam PUBLIC -fsanitize=${SAM_SANITIZE} -fno-omit-frame-pointer)
    target_link_options(sam PUBLIC -fsanitize=${SAM_SANITIZE})
endif()
if(SAM_BLAS)
    target_compile_definitions(sam PRIVATE SAM_WITH_BLAS)
endif()
