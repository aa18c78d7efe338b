# shellcheck shell=bash
# Package registries, as the machine's own clients know them: a root has few of these clients.

# registries_outside FOLDER: exports what pip, go, Maven and apt say, unless a variable says it already. npm's answer
# is taken in enter.sh. FOLDER holds a copy of apt's sources.
registries_outside() {
  local folder=$1 answers
  answers=$(mktemp -d)
  # Side by side: pip alone takes most of a second.
  pip_index >"$answers/PIP_INDEX_URL" &
  go_proxy >"$answers/GOPROXY" &
  maven_central >"$answers/MVNW_REPOURL" &
  wait
  [ -n "${PIP_INDEX_URL:-}${UV_DEFAULT_INDEX:-}${UV_INDEX_URL:-}${PIP_CONFIG_FILE:-}" ] || export_answer "$answers" PIP_INDEX_URL
  [ -n "${GOPROXY:-}" ] || export_answer "$answers" GOPROXY
  [ -n "${MVNW_REPOURL:-}" ] || export_answer "$answers" MVNW_REPOURL
  rm -rf "$answers"
  if [ -z "${APT_CONFIG:-}" ] && apt_sources_copy "$folder"; then
    export APT_CONFIG=$folder/apt.conf
  fi
}

export_answer() {
  local answer
  answer=$(<"$1/$2")
  case "$answer" in http://* | https://*) export "$2=$answer" ;; esac
}

pip_index() {
  command -v pip >/dev/null || return 0
  (cd / && COLUMNS=500 pip download --help 2>/dev/null) | sed -n 's/.*--index-url .*(default:* *\([^ )]*\)).*/\1/p'
}

go_proxy() {
  command -v go >/dev/null || return 0
  (cd / && GOTOOLCHAIN=local go env GOPROXY 2>/dev/null) || true
}

# The super POM's address of central; a mirror in the user's settings is seen inside, too.
maven_central() {
  local mvn jar
  mvn=$(command -v mvn) && command -v unzip >/dev/null || return 0
  ! grep -qs '<mirror>' "$HOME/.m2/settings.xml" || return 0
  for jar in "$(dirname "$(dirname "$(readlink -f "$mvn")")")"/lib/maven-model-builder-*.jar; do
    unzip -p "$jar" org/apache/maven/model/pom-4.0.0.xml 2>/dev/null |
      sed -n '/<id>central</,/<\/repository>/ s/.*<url>\(.*\)<\/url>.*/\1/p' | head -n 1
    return 0
  done
}

apt_sources_copy() {
  local folder=$1
  [ -d /etc/apt/sources.list.d ] || [ -f /etc/apt/sources.list ] || return 1
  mkdir -p "$folder/sources.list.d"
  cp -f /etc/apt/sources.list "$folder/sources.list" 2>/dev/null || : >"$folder/sources.list"
  cp -f /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources "$folder/sources.list.d/" 2>/dev/null || true
  printf 'Dir::Etc::SourceList "%s";\nDir::Etc::SourceParts "%s";\n' "$folder/sources.list" "$folder/sources.list.d" \
    >"$folder/apt.conf"
}
