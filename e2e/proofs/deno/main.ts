// A package in JavaScript with a peer, and one with a native addon.
import { crc32 } from "@node-rs/crc32";
import { createElement } from "react";
import { renderToString } from "react-dom/server";

console.log(renderToString(createElement("b", null, crc32("deno"))));
