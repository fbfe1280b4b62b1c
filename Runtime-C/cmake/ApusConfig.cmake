# find_package(Apus) gives apus_add_module:
#
#     apus_add_module(counter counter.wasm)
#     apus_add_module(decoder ${CMAKE_SOURCE_DIR}/decoder.wasm OPTIONS --instances one --memory bounds)
#     target_link_libraries(app PRIVATE counter decoder)
#
# Each is a static library, whose header (counter.h) is named as it is. The module is translated while CMake configures, and
# again when its file changes. OPTIONS are those of `apus translate`.
find_program(APUS_COMMAND apus HINTS "${CMAKE_CURRENT_LIST_DIR}/../../../bin")
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Apus REQUIRED_VARS APUS_COMMAND)

function(apus_add_module name file)
  cmake_parse_arguments(PARSE_ARGV 2 module "" "" OPTIONS)
  if(module_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "apus_add_module(${name}): what is ${module_UNPARSED_ARGUMENTS}?")
  endif()
  get_filename_component(file "${file}" ABSOLUTE)
  set(folder "${CMAKE_CURRENT_BINARY_DIR}/${name}.apus")
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${file}" "${APUS_COMMAND}")
  execute_process(
    COMMAND "${APUS_COMMAND}" translate "${file}" --name ${name} --project cmake -o "${folder}" ${module_OPTIONS}
    RESULT_VARIABLE status ERROR_VARIABLE message)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "apus_add_module(${name}): ${message}")
  endif()
  add_subdirectory("${folder}" "${folder}/build" EXCLUDE_FROM_ALL)
endfunction()
