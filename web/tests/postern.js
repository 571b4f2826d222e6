/** The program that a story plays on, started as `cargo run -- --lab` would. */

import { spawn } from "node:child_process";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const target = process.env.CARGO_TARGET_DIR ?? fileURLToPath(new URL("../../target", import.meta.url));
const POSTERN = process.env.POSTERN ?? path.join(target, "debug/postern");

/**
 * Starts a Postern.
 *
 * @param {string} [data] the folder of one that ran before; a new, empty one if there is none
 */
export async function start(data) {
  data ??= await mkdtemp(path.join(tmpdir(), "postern-"));
  const server = spawn(POSTERN, ["--port", "0", "--data", data, "--lab"], { stdio: ["ignore", "pipe", "pipe"] });
  const ended = new Promise((resolve) => server.once("close", resolve));
  const stop = async () => {
    server.kill("SIGKILL");
    await ended;
  };
  let banner = "";
  server.stderr.on("data", (line) => (banner += line));
  for await (const line of createInterface({ input: server.stdout })) {
    banner += `${line}\n`;
    if (line.startsWith("Press Ctrl+C")) {
      const url = found(/http:\S+(?=\/demo\/sign-in)/, banner);
      // Only a firm that was made just now has one.
      const ownerLink = /http:\S+#\S+/.exec(banner)?.[0].replace(url, "") ?? "";
      return { url, ownerLink, data, stop };
    }
  }
  throw new Error(`${POSTERN} did not start:\n${banner}`);
}

/**
 * What `pattern` finds in `text`; nothing is a mistake.
 *
 * @param {RegExp} pattern
 * @param {string} text
 */
export function found(pattern, text) {
  const match = pattern.exec(text);
  if (!match) {
    throw new Error(`There is no ${pattern} in:\n${text}`);
  }
  return match[0];
}
