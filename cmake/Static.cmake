# SAM_STATIC: libsam.a beside libsam.so, of the same objects, for programs that want the library inside. It holds one object, in which all but the
# functions of sam.h are local: a host may have functions of the same names, Swift's among them.
file(STRINGS ${CMAKE_CURRENT_SOURCE_DIR}/cmake/sam.map SAM_EXPORTS REGEX "^ +sam_[a-z0-9_]+;")
list(TRANSFORM SAM_EXPORTS REPLACE "^ +(sam_[a-z0-9_]+);.*" "\\1")
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/cmake/sam.map)
list(JOIN SAM_EXPORTS "\n" SAM_EXPORTED)
file(CONFIGURE OUTPUT sam_exports.txt CONTENT "@SAM_EXPORTED@\n" @ONLY)
list(TRANSFORM SAM_EXPORTS PREPEND "--undefined=" OUTPUT_VARIABLE SAM_ROOTS)

# --force-group-allocation: no groups are left, which a linker could drop for a host's of the same name. The sections that go are notes of the
# compiler to linkers, of symbols and libraries that are not there any more.
set(SAM_STATIC_OBJECT ${CMAKE_CURRENT_BINARY_DIR}/sam_static.o)
set(SAM_STATIC_PARTS $<TARGET_OBJECTS:sam> ${SAM_KERNEL_OBJECTS} ${CMAKE_CURRENT_BINARY_DIR}/sam_engine.o)
add_custom_command(OUTPUT ${SAM_STATIC_OBJECT} DEPENDS ${SAM_STATIC_PARTS} ${CMAKE_CURRENT_BINARY_DIR}/sam_exports.txt VERBATIM COMMAND_EXPAND_LISTS
    COMMAND ${SAM_LD} -r --gc-sections --force-group-allocation --entry=sam_version ${SAM_ROOTS} ${SAM_STATIC_PARTS} -o ${SAM_STATIC_OBJECT}.one
    COMMAND ${SAM_OBJCOPY} --keep-global-symbols=${CMAKE_CURRENT_BINARY_DIR}/sam_exports.txt --remove-section=.linker-options
        --remove-section=.llvm_addrsig --remove-section=.swift1_autolink_entries ${SAM_STATIC_OBJECT}.one ${SAM_STATIC_OBJECT}.local
    COMMAND ${SAM_OBJCOPY} --strip-unneeded ${SAM_STATIC_OBJECT}.local ${SAM_STATIC_OBJECT}
    COMMENT "The whole library as one object")

add_library(sam_static STATIC ${SAM_STATIC_OBJECT})
add_library(SAM::sam_static ALIAS sam_static)
set_source_files_properties(${SAM_STATIC_OBJECT} PROPERTIES EXTERNAL_OBJECT TRUE GENERATED TRUE)
set_target_properties(sam_static PROPERTIES OUTPUT_NAME sam LINKER_LANGUAGE C ARCHIVE_OUTPUT_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR})
target_include_directories(sam_static INTERFACE $<BUILD_INTERFACE:${SAM_INCLUDE}> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
# What a program links with it.
target_link_libraries(sam_static INTERFACE m pthread ${CMAKE_DL_LIBS})
set(SAM_STATIC_LIBRARIES "-lm -lpthread -ldl")
if(SAM_SANITIZE)
    target_link_options(sam_static INTERFACE -fsanitize=${SAM_SANITIZE})
endif()
