#!/usr/bin/env bash
# The network is cut by `lazytools-action run` itself, whatever strategy Bazel uses; and a tool whose cache lacks
# something fails fast, with the name of what it wanted.
source "$TEST_SRCDIR/_main/e2e/nested.sh"
smoke=$checkout/e2e/smoke

for strategy in linux-sandbox processwrapper-sandbox local; do
  # A value that no earlier run had, so that the action really runs and no cache answers for it.
  fresh=("--spawn_strategy=$strategy" "--sandbox_default_allow_network=true" "--noremote_accept_cached" "--disk_cache="
    "--strategy=LazyToolsRun=$strategy" "--action_env=LAZYTOOLS_E2E=$strategy-$$-$RANDOM")
  echo "$strategy: a tool with its cache works without a network"
  nested "$smoke" build "${fresh[@]}" //:app //:bundle

  echo "$strategy: a tool that lacks something is told what"
  start=$SECONDS
  expect_failure "$TEST_TMPDIR/log" "bun-windows-x64" "registry." "LT50" "//:missing" \
    -- nested "$smoke" build "${fresh[@]}" //:missing
  took=$((SECONDS - start))
  # Bazel's own start and analysis are in it too; a stall on retries takes minutes.
  [ "$took" -lt 60 ] || fail "$strategy: the failing tool took $took s"
done

end_nested "$smoke"
