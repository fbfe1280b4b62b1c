import Translator

/// A folder that CMake builds, by itself or within another project.
struct CMakeProject {
  let sources: TranslatedSources

  private var name: String { sources.name }

  var files: [(path: String, text: String)] {
    let lists = ("CMakeLists.txt", text)
    return sources.image.map { [lists, ("toolchain.cmake", toolchain($0))] } ?? [lists]
  }

  private var text: String {
    let (words, required) = (sources.exceptionWords ?? 0, sources.requiredButWords)
    return """
      # Builds \(product) from the C that apus wrote: by itself, or in another project by
      # add_subdirectory and target_link_libraries(... \(name)).
      cmake_minimum_required(VERSION 3.16)
      project(\(name) C)
      if(CMAKE_SOURCE_DIR STREQUAL PROJECT_SOURCE_DIR AND NOT CMAKE_BUILD_TYPE)
        set(CMAKE_BUILD_TYPE Release)
      endif()

      set(module\(CMakeText.list(sources.translated)))
      set(runtime\(CMakeText.list(sources.runtime)))
      # The C needs these to mean what the module means.
      set(required\(CMakeText.list(required.options)))
      set(definitions\(CMakeText.list(required.definitions)))

      # All modules of a build have one runtime.
      if(NOT TARGET apus_runtime)
        add_library(apus_runtime STATIC)
        target_include_directories(apus_runtime PUBLIC "${PROJECT_SOURCE_DIR}/runtime/include")
        target_compile_options(apus_runtime PRIVATE ${required})
        set(words "$<TARGET_PROPERTY:apus_runtime,APUS_EXCEPTION_WORDS>")
        target_compile_definitions(apus_runtime PUBLIC
          ${definitions} "$<$<BOOL:${words}>:APUS_EXCEPTION_WORDS=${words}>")
        target_link_options(apus_runtime INTERFACE \(flags.linking.joined(separator: " ")))
        target_link_libraries(apus_runtime INTERFACE\(flags.libraries.map { " " + $0 }.joined()))
        set_target_properties(apus_runtime PROPERTIES
          APUS_REQUIRED "${required};${definitions}" APUS_EXCEPTION_WORDS 0 APUS_FILES "")
      endif()
      get_target_property(theirs apus_runtime APUS_REQUIRED)
      if(NOT theirs STREQUAL "${required};${definitions}")
        message(FATAL_ERROR "\(name) was translated for ${required};${definitions}, a module before it for ${theirs}")
      endif()
      get_target_property(words apus_runtime APUS_EXCEPTION_WORDS)
      if(words LESS \(words))
        set_target_properties(apus_runtime PROPERTIES APUS_EXCEPTION_WORDS \(words))
      endif()
      get_target_property(there apus_runtime APUS_FILES)
      foreach(file IN LISTS runtime)
        if(NOT file IN_LIST there)
          target_sources(apus_runtime PRIVATE "${PROJECT_SOURCE_DIR}/${file}")
          set_property(TARGET apus_runtime APPEND PROPERTY APUS_FILES ${file})
        endif()
      endforeach()

      add_library(\(name) STATIC ${module})
      target_include_directories(\(name) PUBLIC "${PROJECT_SOURCE_DIR}")
      target_compile_options(\(name) PRIVATE ${required}\(sources.translatedFlags.map { " " + $0 }.joined()))
      target_link_libraries(\(name) PUBLIC apus_runtime)
      \(sources.image.map(image) ?? (sources.isProgram ? program : ""))
      """
  }

  private var product: String {
    let library = "lib\(name).a"
    if sources.image != nil { return "\(library) and \(name).elf" }
    return sources.isProgram ? "\(library) and the program \(name)" : library
  }

  /// The linker's options, and libraries by their names.
  private var flags: (linking: [String], libraries: [String]) {
    guard sources.profile == .host else { return (["-Wl,--gc-sections"], []) }
    return (
      CompilerFlags.linking.filter { !$0.hasPrefix("-l") },
      CompilerFlags.linking.filter { $0.hasPrefix("-l") }.map { String($0.dropFirst(2)) }
    )
  }

  private var program: String {
    """

    add_executable(\(name)_program \(name)_main.c)
    target_compile_options(\(name)_program PRIVATE ${required})
    target_link_libraries(\(name)_program PRIVATE \(name))
    set_target_properties(\(name)_program PROPERTIES OUTPUT_NAME \(name))

    """
  }

  private func image(_ image: TranslatedSources.Image) -> String {
    """

    add_executable(\(name)_image \(name)_main.c\(CMakeText.list(image.board)))
    target_include_directories(\(name)_image PRIVATE "${PROJECT_SOURCE_DIR}/runtime/port/image")
    target_include_directories(apus_runtime PRIVATE "${PROJECT_SOURCE_DIR}/runtime/port/image")
    target_compile_options(\(name)_image PRIVATE ${required})
    target_link_options(\(name)_image PRIVATE\(CMakeText.list(linking(image))))
    target_link_libraries(\(name)_image PRIVATE \(name))
    set_target_properties(\(name)_image PROPERTIES OUTPUT_NAME \(name).elf)

    """
  }

  /// Without the flags of the compiler, which the toolchain file gives the linker, too.
  private func linking(_ image: TranslatedSources.Image) -> [String] {
    image.linking.filter { !image.flags.contains($0) }.map(inFolder)
  }

  /// The linker is not run in the folder.
  private func inFolder(_ word: String) -> String {
    word.hasPrefix("runtime/") ? "\"${PROJECT_SOURCE_DIR}/\(word)\"" : word
  }

  private func toolchain(_ image: TranslatedSources.Image) -> String {
    """
    # cmake -DCMAKE_TOOLCHAIN_FILE=toolchain.cmake: the compiler of the board.
    set(CMAKE_SYSTEM_NAME Generic)
    if(NOT CMAKE_C_COMPILER)
      set(CMAKE_C_COMPILER \(image.compiler))
    endif()
    set(CMAKE_C_FLAGS_INIT "\(image.flags.joined(separator: " "))")
    set(CMAKE_C_FLAGS_RELEASE_INIT "-Os")
    # There is nothing that a test program could be linked with.
    set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)

    """
  }
}
