#!/usr/bin/env bash
# The network is cut by `lazytools-action run` itself, whatever strategy Bazel uses; and a tool whose cache lacks
# something fails fast, with the name of what it wanted.
source "$TEST_SRCDIR/_main/e2e/nested.sh"
smoke=$checkout/e2e/smoke

# What does not depend on the strategy, the helper first of all, is there before.
nested "$smoke" build //:app //:bundle
outputs=$(nested "$smoke" info bazel-bin 2>/dev/null)

for strategy in linux-sandbox processwrapper-sandbox local; do
  # Without its outputs, and where no cache may answer, an action really runs.
  rm -f "$outputs/app_bin" "$outputs/page.js"
  fresh=("--spawn_strategy=$strategy" "--strategy=LazyToolsRun=$strategy" "--sandbox_default_allow_network=true"
    "--modify_execution_info=LazyToolsRun=+no-cache")
  echo "$strategy: a tool with its cache works without a network"
  nested "$smoke" build "${fresh[@]}" //:app //:bundle >"$TEST_TMPDIR/log" 2>&1 || fail "$(cat "$TEST_TMPDIR/log")"
  expect_text "$TEST_TMPDIR/log" "2 $strategy"

  echo "$strategy: a tool that lacks something is told what"
  start=$SECONDS
  expect_failure "$TEST_TMPDIR/log" "bun-windows-x64" "registry." "LT50" "//:missing" \
    -- nested "$smoke" build "${fresh[@]}" //:missing
  took=$((SECONDS - start))
  # Bazel's own start and analysis are in it, too; a stall on retries takes minutes.
  [ "$took" -lt 60 ] || fail "$strategy: the failing tool took $took s"
done

end_nested "$smoke"
