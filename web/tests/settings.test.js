/** What a firm decides about signing in, and what its clients see of it. */

import assert from "node:assert/strict";

import { looksRight } from "./looks.js";
import { codeField, gateField, press, sees } from "./mouse.js";
import { JANE, story } from "./stage.js";

const OWNER = "owner@demo.test";

story("a firm lets clients in by links alone, signs out who is in, and they come in anew by a link", async (stage) => {
  const client = await stage.signInAsClient({}, await stage.otherBrowser());
  const page = await stage.signInAsOwner();
  await page.getByRole("navigation").getByRole("link", { name: "Settings" }).click();
  await sees(page, "Settings");
  await looksRight(page);
  await page.getByLabel("By links only").check();
  await stage.advance(600);
  await press(page, "Save changes");
  await page.getByRole("heading", { name: "What about clients who are signed in now?" }).waitFor();
  await looksRight(page);
  await press(page, "Cancel");
  await page.getByText("Not saved yet. Until you save, this holds: By links and by the sign-in page").waitFor();
  await press(page, "Save changes");
  await press(page, "Save, and sign clients out now");
  await page.getByRole("heading", { name: "First, is it you?" }).waitFor();
  await looksRight(page);
  await press(page, "Send me a code");
  await codeField(page).waitFor();
  await codeField(page).fill(await stage.code(OWNER));
  await press(page, "Continue");
  await page.getByText("Changes saved.").waitFor();
  await page.reload();
  assert.ok(await page.getByLabel("By links only").isChecked());

  await page.getByRole("link", { name: "Access log" }).click();
  await page.getByText("How clients get in: By links and by the sign-in page → By links only").waitFor();
  await looksRight(page);

  await client.reload();
  await sees(client, "Sign in");
  await client.getByText("You get in by a link that we email to you.").waitFor();
  await client.getByLabel("Your email address").fill(JANE.email);
  await press(client, "Email me a link");
  await sees(client, "Look in your email");
  await looksRight(client);
  await client.goto(stage.url + (await stage.link(JANE.email)));
  await client.getByRole("button", { name: /^Continue as/ }).click();
  await gateField(client).fill(JANE.gate);
  await press(client, "Go in");
  await sees(client, "No open requests");
});

story("a firm lets its clients choose how a code goes out", async (stage) => {
  const page = await stage.signInAsOwnerByCode();
  await stage.contact(page, "Jane Smith");
  await page.getByRole("navigation").getByRole("link", { name: "Settings" }).click();
  await page.getByLabel("As the client chooses each time").check();
  await page.getByLabel("Nothing").check();
  await page.getByLabel("Sign-in pauses after").selectOption("3");
  await press(page, "Save changes");
  // It lets in with less, which is said before it is saved.
  await page.getByRole("heading", { name: "Check what will change" }).waitFor();
  await page.getByText("This is looser than before").waitFor();
  await page.getByText("Whoever reads a client’s email gets in with that alone.").waitFor();
  await page.getByText(/^None of the \d contacts who can get in now is put out by this\.$/).waitFor();
  await looksRight(page);
  await press(page, "Yes, save this");
  await page.getByText("Changes saved.").waitFor();

  const client = await stage.open("/demo/sign-in", await stage.otherBrowser());
  await client.getByLabel("Your email address").fill(JANE.email);
  await press(client, "Continue");
  await sees(client, "How should we send your code?");
  await looksRight(client);
  await press(client, "Email me a code");
  await codeField(client).waitFor();
  await codeField(client).fill(await stage.code(JANE.email));
  await press(client, "Sign in");
  await sees(client, "No open requests");
});

story("what was chosen and not saved says so, and whom it would put out", async (stage) => {
  const page = await stage.signInAsOwnerByCode();
  const jane = await stage.contact(page, "Jane Smith");
  await page.getByRole("navigation").getByRole("link", { name: "Settings" }).click();
  await page.getByLabel("By links only").check();
  await page.getByRole("link", { name: "Contacts" }).click();
  await sees(page, "Contacts");
  await page.getByRole("navigation").getByRole("link", { name: "Settings" }).click();
  await page.getByText("You began this earlier, and it is not saved yet.").waitFor();
  await page.getByText("Not saved yet. Until you save, this holds: By links and by the sign-in page").waitFor();
  await looksRight(page);
  await press(page, "Start over");
  assert.ok(await page.getByLabel("By links and by the sign-in page", { exact: true }).isChecked());
  assert.equal(await page.getByText("Not saved yet").count(), 0);

  await page.getByLabel("A PIN from you").check();
  await press(page, "Save changes");
  await page.getByText(/^This puts out 2 of 2 contacts who can get in now, until you add what they lack: .*Jane Smith/).waitFor();
  await looksRight(page);
  await press(page, "Save, and leave them signed in");
  await page.getByText("Changes saved.").waitFor();

  // What they lack has its name, and the form leads to it.
  await page.goto(`${stage.url}/demo/staff/contacts/${jane.contact}`);
  await page.getByText("Missing: PIN").waitFor();
  await press(page, "Edit");
  await page.getByText("They open nothing now: a PIN is asked for.").waitFor();
  await looksRight(page);
  await press(page, "Enter a PIN instead");
  await page.getByLabel("PIN", { exact: true }).fill("24680");
  await press(page, "Save changes");
  await page.getByText("Changes saved.").waitFor();
  await page.getByText("Ready", { exact: true }).waitFor();
});

story("who was slower with the settings is told what changed meanwhile", async (stage) => {
  const page = await stage.signInAsOwnerByCode();
  await page.getByRole("navigation").getByRole("link", { name: "Settings" }).click();
  await sees(page, "Settings");
  const { version } = await stage.call(page, "GET", "/api/settings");
  await stage.call(page, "PATCH", "/api/settings", { version, link_days: 3 });
  await page.getByLabel("Sign-in pauses after").selectOption("3");
  await press(page, "Save changes");
  await press(page, "Yes, save this");
  await page.getByText("Someone else changed the settings meanwhile (Links in our mails are good for: 7 days → 3 days).").waitFor();
  await looksRight(page);
  assert.equal(await page.getByLabel("Sign-in pauses after").inputValue(), "3");
});

story("staff make an exception for one contact", async (stage) => {
  const page = await stage.signInAsOwnerByCode();
  const jane = await stage.contact(page, "Jane Smith");
  await page.goto(`${stage.url}/demo/staff/contacts/${jane.contact}?edit=details`);
  await page.getByText("Exceptions for this contact").click();
  await page.getByLabel("How clients get in").selectOption("link_only");
  await looksRight(page);
  await stage.advance(600);
  await press(page, "Save changes");
  await page.getByRole("heading", { name: "First, is it you?" }).waitFor();
  await press(page, "Send me a code");
  await codeField(page).waitFor();
  await codeField(page).fill(await stage.code(OWNER));
  await press(page, "Continue");
  await sees(page, "Jane Smith");
  await page.getByText("By links only").waitFor();
  await looksRight(page);
});
