use super::*;

fn asked(arguments: &[&str], folder: &str) -> Asker {
    let arguments = arguments.iter().map(|argument| (*argument).to_owned()).collect();
    asker(&Program { arguments, folder: PathBuf::from(folder) }, Path::new("/scratch/root"))
}

#[test]
fn programs_are_told_by_the_folders_they_are_in() {
    let needed_by = |folder: &str| asked(&["curl", "https://me:hush@h.example/x"], folder);
    let repository = needed_by("/scratch/root/base/external/a~b/inside");
    assert_eq!(repository.needed_by.as_deref(), Some("@@a~b"));
    assert_eq!(repository.program, "curl https://h.example/x");
    assert_eq!(needed_by("/scratch/root/base/modextwd/e").needed_by.as_deref(), Some("the module extension e"));
    let action = Some("an action or a test");
    assert_eq!(needed_by("/scratch/root/base/sandbox/linux-sandbox/1/execroot/_main").needed_by.as_deref(), action);
    assert_eq!(needed_by("/scratch/root/base/execroot/_main").needed_by.as_deref(), action);
    assert_eq!(needed_by("/src").needed_by, None);
    assert_eq!(asked(&["bazel(src)", "-Xverify:none"], "/src"), Asker { program: "bazel".to_owned(), needed_by: None });
}
