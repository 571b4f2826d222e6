/** A client sees where they are signed in, signs another browser out, and this one. */

import assert from "node:assert/strict";

import { looksRight } from "./looks.js";
import { press, sees } from "./mouse.js";
import { story } from "./stage.js";

story("a client signs another browser out, and then this one for good", async (stage) => {
  const there = await stage.signInAsClient({}, await stage.otherBrowser());
  const page = await stage.signInAsClient();
  await page.getByRole("button", { name: "Jane Smith" }).click();
  await page.getByRole("link", { name: "Where you are signed in" }).click();
  await sees(page, "Where you are signed in");
  await page.getByText("(this one)").waitFor();
  assert.equal(await page.getByText("Chrome, Linux").count(), 2);
  await looksRight(page);

  await press(page, "Sign it out");
  await page.getByText("It is signed out.").waitFor();
  assert.equal(await page.getByText("Chrome, Linux").count(), 1);
  await there.reload();
  await sees(there, "Sign in");

  await press(page, "Sign out and forget this browser");
  await sees(page, "Sign in");
  assert.deepEqual((await stage.context.cookies(stage.url)).filter(({ name }) => name === "__Host-postern"), []);
});
