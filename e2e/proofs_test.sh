#!/usr/bin/env bash
# The recipes on real tools.
source "$TEST_SRCDIR/_main/e2e/nested.sh"
proofs=$checkout/e2e/proofs

"$proofs/register.sh" --check
nested "$proofs" run //tools:update_pins -- --check
nested "$proofs" test --keep_going //...
end_nested "$proofs"
