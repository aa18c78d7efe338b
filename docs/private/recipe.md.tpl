<!-- Written by `bazel run //docs:update` from recipes/{{name}}.toml and the tests. -->

# {{name}}

{{description}}

{{proved}}

```starlark
{{example}}
```

{{given}}

{{doc}}

## Parameters

{{params}}

## Input files

Given as `files = {"//:LABEL": "NAME"}`, and read when it is pinned.

{{files}}

## Version and platforms

{{version}}

Platforms: {{platforms}}

## What is fetched

{{fetched}}

## What is laid out

{{tree}}

Whatever is asked for ([what stands in braces](../write-a-recipe.md#templates)):

{{steps}}

## Variables

{{set}}

{{cleared}}

{{runtime_files}}

## Access

{{access}}

## When something is missing

{{reaches}}

## How it is proved

{{proofs}}
