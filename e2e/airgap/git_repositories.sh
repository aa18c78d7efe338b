# Sourced. Makes git repositories with one commit each, two files to a repository.

# git_repositories FOLDER : FOLDER/module, FOLDER/data with the submodule inner, FOLDER/inner; their commits in FOLDER/commits.
git_repositories() {
  local name
  mkdir -p "$1"
  for name in inner module data; do
    git init -q "$1/$name"
    echo "$name by git" >"$1/$name/git.txt"
    echo "exports_files(glob(['**/*.txt']))" >"$1/$name/BUILD.bazel"
    [ "$name" != module ] || echo "module(name = 'of_git')" >"$1/$name/MODULE.bazel"
    [ "$name" != data ] || git -C "$1/data" -c protocol.file.allow=always submodule --quiet add "file://$1/inner" inner
    git -C "$1/$name" add .
    git -C "$1/$name" -c user.name=x -c user.email=x@x.invalid commit -q -m x
    echo "$name $(git -C "$1/$name" rev-parse HEAD)" >>"$1/commits"
  done
}
