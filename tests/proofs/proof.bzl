"""What a recipe is proved by. `lazytools recipe docs` reads the calls, so that docs/recipes.md cannot say anything else."""

GRADES = ["real", "stand-in", "golden"]

def proof(recipe, grade, does, tests):
    """Says what tests show of a recipe, and makes them a test suite, `proof_RECIPE`.

    Args:
        recipe: the recipe's name: text, because `lazytools recipe docs` reads it from the BUILD file.
        grade: `real`, the real tool does its job in an action without a network on the real artifact; `stand-in`, the
            real tool takes a stand-in artifact from the folder and nowhere else; `golden`, not even the tool can be had.
        does: what the tool does in the tests, in a few words: text, as before.
        tests: the tests. Never empty.
    """
    if grade not in GRADES:
        fail("grade %s of recipe %s is none of %s" % (repr(grade), recipe, ", ".join(GRADES)))
    if not tests or not does:
        fail("recipe %s needs tests and what they do" % recipe)
    native.test_suite(name = "proof_" + recipe, tests = tests)
