/** A viewer reads everything, and finds no button that would be refused; what is refused all the same says why. */

import assert from "node:assert/strict";

import { looksRight } from "./looks.js";
import { codeField, press, sees } from "./mouse.js";
import { story } from "./stage.js";

const VERA = "vera@demo.test";

story("a viewer reads everything and is offered nothing that their role does not allow", async (stage) => {
  const owner = await stage.open("/demo/staff/sign-in", await stage.otherBrowser());
  await stage.signInAgain(owner);
  const { contact, clients } = await stage.contact(owner, "Jane Smith");
  await stage.call(owner, "POST", "/api/staff", { name: "Vera Gold", email: VERA, role: "viewer" });

  const page = await stage.open("/demo/staff/sign-in");
  await page.getByLabel("Your email address").fill(VERA);
  await press(page, "Send me a code");
  await codeField(page).waitFor();
  await codeField(page).fill(await stage.code(VERA));
  await press(page, "Sign in");
  await sees(page, "Staff");
  const main = page.getByRole("main");
  const looksOnly = "You can read everything here.";

  await page.goto(`${stage.url}/demo/staff/contacts`);
  await page.getByRole("link", { name: "Jane Smith" }).waitFor();
  assert.equal(await page.getByRole("link", { name: "Add a contact" }).count(), 0);
  await page.goto(`${stage.url}/demo/staff/contacts/new`);
  await page.getByText(looksOnly).waitFor();
  assert.equal(await main.getByRole("button").count(), 0);
  for (const at of [`contacts/${contact}`, `contacts/${contact}?edit=details`]) {
    await page.goto(`${stage.url}/demo/staff/${at}`);
    await sees(page, "Jane Smith");
    await page.getByText(looksOnly).waitFor();
    assert.equal(await main.getByRole("button").count(), 0, at);
  }
  await looksRight(page);
  await page.goto(`${stage.url}/demo/staff/clients/${clients[0].client}/documents?contact=${contact}`);
  await page.getByText(looksOnly).waitFor();
  assert.equal(await page.getByText("Choose files").count(), 0);
  await page.goto(`${stage.url}/demo/staff/access-log`);
  await page.getByText("Olive Owner").first().waitFor({ state: "attached" });
  assert.equal(await page.getByRole("button", { name: /^Export/ }).count(), 0);
  await looksRight(page);
});

story("what was removed meanwhile is said to be gone, not broken", async (stage) => {
  const page = await stage.open("/demo/staff/sign-in");
  await stage.signInAgain(page);
  const { staff } = await stage.call(page, "POST", "/api/staff", { name: "Vera Gold", email: VERA, role: "viewer" });
  await page.goto(`${stage.url}/demo/staff/people`);
  await press(page, "Change Vera Gold");
  const { items } = await stage.call(page, "GET", "/api/staff");
  const own = items.find((/** @type {{ name: string }} */ { name }) => name === "Olive Owner").staff;
  await stage.call(page, "DELETE", `/api/staff/${staff}?successor=${own}`);
  await page.getByLabel("Name", { exact: true }).fill("Vera Golden");
  await press(page, "Save changes");
  await page.getByText("It is no longer here. Load this page again.").waitFor();
  await looksRight(page);
});
