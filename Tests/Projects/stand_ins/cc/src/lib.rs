//! Stands in for the crate cc: those of its functions that the build.rs uses, for the compiler of the host.
use std::path::Path;
use std::process::Command;

#[derive(Default)]
pub struct Build {
    flags: Vec<String>,
    files: Vec<String>,
}

impl Build {
    pub fn new() -> Build {
        Build::default()
    }

    pub fn include<P: AsRef<Path>>(&mut self, folder: P) -> &mut Build {
        self.flags.push(format!("-I{}", folder.as_ref().display()));
        self
    }

    pub fn warnings(&mut self, _: bool) -> &mut Build {
        self
    }

    pub fn flag<S: AsRef<str>>(&mut self, flag: S) -> &mut Build {
        self.flags.push(flag.as_ref().to_string());
        self
    }

    pub fn files<I: IntoIterator<Item = P>, P: AsRef<Path>>(&mut self, files: I) -> &mut Build {
        for file in files {
            self.files.push(file.as_ref().display().to_string());
        }
        self
    }

    pub fn compile(&self, name: &str) {
        let folder = std::env::var("OUT_DIR").unwrap();
        let level = std::env::var("OPT_LEVEL").unwrap();
        let archive = format!("{folder}/lib{name}.a");
        let _ = std::fs::remove_file(&archive);
        for (number, file) in self.files.iter().enumerate() {
            let object = format!("{folder}/{name}{number}.o");
            let compiled = Command::new("cc")
                .arg(format!("-O{level}")).arg("-fPIC").args(&self.flags).args(["-c", file, "-o", &object])
                .status().unwrap();
            assert!(compiled.success(), "{file}");
            assert!(Command::new("ar").args(["qs", &archive, &object]).status().unwrap().success());
        }
        println!("cargo:rustc-link-search=native={folder}");
        println!("cargo:rustc-link-lib=static={name}");
    }
}
