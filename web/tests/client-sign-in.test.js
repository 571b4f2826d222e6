/** A client gets in with an email address and a code. */

import assert from "node:assert/strict";

import { looksRight, story } from "./stage.js";

story("a client gets in by a code on the phone", async (stage) => {
  const page = await stage.open("/demo/sign-in");
  await looksRight(page);
  await page.getByLabel("Your email address").fill(" Jane@Example.com ");
  await page.getByRole("button", { name: "Continue" }).click();
  await looksRight(page);
  await page.getByLabel("Last 4 of your SSN").fill("123-45-6789");
  assert.equal(await page.getByLabel("Last 4 of your SSN").inputValue(), "6789");
  await page.getByRole("button", { name: "Send me a code" }).click();
  await page.getByText("If these match our records, a code is on its way.").waitFor();
  await looksRight(page);
  const code = await stage.code("+12525885772");
  await page.getByLabel("Code", { exact: true }).fill(`${code.slice(0, 3)} ${code.slice(3)}`);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { name: "No open requests" }).waitFor();
  await looksRight(page);
});
