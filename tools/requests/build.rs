//! Lets cargo notice recipes that are added; they are built in by `include_dir!`.
fn main() {
    println!("cargo:rerun-if-changed=../../recipes");
}
