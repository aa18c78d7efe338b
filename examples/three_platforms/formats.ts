// Looks whether each program is one for its platform, by what its first bytes say.
import assert from "node:assert";
import { readFileSync } from "node:fs";
import { basename } from "node:path";

function format(program: Buffer): string {
  if (program.toString("latin1", 0, 4) === "\x7fELF") {
    return `ELF, machine ${program.readUInt16LE(18)}`;
  }
  if (program.readUInt32LE(0) === 0xfeedfacf) {
    return `Mach-O, processor ${program.readUInt32LE(4)}`;
  }
  if (program.toString("latin1", 0, 2) === "MZ") {
    return `PE, machine ${program.readUInt16LE(program.readUInt32LE(0x3c) + 4)}`;
  }
  return "none that is known";
}

const programs = process.argv.slice(2);
assert.deepEqual(Object.fromEntries(programs.map((path) => [basename(path), format(readFileSync(path))])), {
  "greet-linux-x64": "ELF, machine 62",
  "greet-macos-arm64": `Mach-O, processor ${0x0100000c}`,
  "greet-windows-x64.exe": `PE, machine ${0x8664}`,
});

// Each holds the script.
for (const path of programs) {
  assert.ok(readFileSync(path).includes("I was compiled for"), path);
}
