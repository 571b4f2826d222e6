/** What holds for clients and staff alike: sessions side by side, the way back, languages, colours, and what is said when nothing works. */

import assert from "node:assert/strict";

import { SCREENS, setTheScene } from "./screens.js";
import { looksRight } from "./looks.js";
import { story } from "./stage.js";

/** @import { Page } from "playwright-core" */
/** @import { Stage } from "./stage.js" */

/** Screens that have no frame and no language. */
const PLAIN = ["no such address", "outbox"];
/** Screens with marks and colours that stand on no other as it opens. */
const ALSO = ["client documents, handed over", "staff new contact, email taken"];

/** @param {Page} page @param {string} name */
const heading = (page, name) => page.getByRole("heading", { level: 1, name, exact: true }).waitFor();

/** The path of a contact's page. @param {Stage} stage @param {Page} owner @param {string} name */
async function contactOf(stage, owner, name) {
  const { items } = await stage.call(owner, "GET", "/api/contacts");
  const found = items.find((/** @type {{ name: string }} */ contact) => contact.name === name);
  return { ...found, at: `/demo/staff/contacts/${found.contact}` };
}

story("staff and a client are signed in side by side, and each page keeps to its own", async (stage) => {
  const [owner, jane] = [await stage.signInAsOwner(), await stage.signInAsClient()];
  await Promise.all([owner.reload(), jane.reload()]);
  await jane.getByText("jane@example.com").waitFor();
  await owner.getByText("Olive Owner").first().waitFor();
  await jane.getByRole("button", { name: "Sign out" }).click();
  await heading(jane, "Sign in");
  await owner.getByRole("link", { name: "Contacts" }).first().click();
  await owner.getByRole("link", { name: "Jane Smith" }).waitFor();
  await jane.goto(`${stage.url}/demo/documents`);
  await stage.signInAgain(jane);
  await heading(jane, "Hand over documents");

  const other = await stage.open("/demo/staff");
  await other.getByRole("button", { name: "Sign out" }).click();
  await heading(other, "Staff sign-in");
  await owner.getByLabel("Name, email or mobile").fill("jane");
  await owner.getByRole("button", { name: "Search" }).click();
  await stage.signInAgain(owner);
  await heading(owner, "Contacts");
  assert.equal(await owner.getByLabel("Name, email or mobile").inputValue(), "jane");
  await jane.reload();
  await heading(jane, "Hand over documents");
});

story("a session that ends under a form costs no typing, but for digits", async (stage) => {
  const owner = await stage.signInAsOwner();
  const lee = await contactOf(stage, owner, "Lee Park");
  await owner.goto(stage.url + lee.at);
  await owner.getByRole("button", { name: "Edit" }).click();
  await owner.getByLabel("Name", { exact: true }).fill("Lee Parker");
  await owner.getByLabel("Mobile", { exact: true }).fill("(252) 555-0160");
  await owner.getByLabel("Label").fill("Lee");
  await owner.getByLabel("Digits").fill("4321");
  await stage.call(owner, "DELETE", "/api/session");
  await owner.getByRole("button", { name: "Save changes" }).click();
  await stage.signInAgain(owner);
  await heading(owner, "Edit Lee Park");
  const typed = ["Name", "Email", "Mobile", "Label", "Digits"].map((label) => owner.getByLabel(label, { exact: true }).inputValue());
  assert.deepEqual(await Promise.all(typed), ["Lee Parker", "lee@example.com", "(252) 555-0160", "Lee", ""]);
  assert.equal((await owner.evaluate(() => JSON.stringify(sessionStorage))).includes("4321"), false);
  await owner.getByLabel("Digits").fill("4321");
  await owner.getByRole("button", { name: "Save changes" }).click();
  await heading(owner, "Lee Parker");
  await owner.getByText("Ready").first().waitFor();
});

story("every address is the same screen after a reload and on the way back", async (stage) => {
  const owner = await stage.signInAsOwner();
  const jane = await contactOf(stage, owner, "Jane Smith");
  await (await stage.signInAsClient()).close();
  const walk = [
    ["/demo", "No open requests"],
    ["/demo/documents", "Hand over documents"],
    ["/demo/sign-in", "No open requests"],
    ["/demo/link", "This link is no longer good"],
    ["/demo/staff", "Staff"],
    ["/demo/staff/contacts", "Contacts"],
    ["/demo/staff/contacts?q=park", "Contacts"],
    ["/demo/staff/contacts/new", "Add a contact"],
    [jane.at, "Jane Smith"],
    [`${jane.at}?edit=details`, "Edit Jane Smith"],
    ["/demo/staff/access-log", "Access log"],
    [`/demo/staff/clients/${jane.clients[0].client}/documents?contact=${jane.contact}`, "Documents of Jane Smith"],
  ];
  const page = await stage.open("/demo/nothing");
  for (const [at, name] of walk) {
    await page.goto(stage.url + at);
    await page.reload();
    await heading(page, name);
  }
  for (const [, name] of walk.reverse()) {
    await heading(page, name);
    await page.goBack({ waitUntil: "commit" });
  }
  await heading(page, "There is nothing at this address");
});

story("the language changes under an open form, which keeps what was typed, and stays changed", async (stage) => {
  const page = await stage.open("/demo/sign-in");
  await page.getByLabel("Your email address").fill("jane@example.com");
  await page.getByRole("button", { name: "Español" }).click();
  await heading(page, "Entrar");
  assert.equal(await page.getByLabel("Su correo electrónico").inputValue(), "jane@example.com");
  assert.deepEqual([await page.title(), await page.locator("html").getAttribute("lang")], ["Entrar – Demo & Daughters CPA", "es"]);
  const other = await stage.open("/demo/staff/sign-in");
  await other.getByLabel("Su correo electrónico").waitFor();
  await other.close();
  await page.getByRole("button", { name: "English" }).click();
  await heading(page, "Sign in");
  assert.equal(await page.locator("html").getAttribute("lang"), "en");

  const owner = await stage.signInAsOwner();
  await owner.goto(`${stage.url}/demo/staff/contacts/new`);
  await owner.getByLabel("Name", { exact: true }).fill("Ana López");
  await owner.getByLabel("Digits").fill("12");
  await owner.getByRole("button", { name: "Add contact" }).click();
  await owner.getByText("Enter the last 4 digits").first().waitFor();
  await owner.getByRole("button", { name: "Español" }).click();
  assert.equal(await owner.getByLabel("Nombre", { exact: true }).inputValue(), "Ana López");
  assert.equal(await owner.getByLabel("Dígitos").inputValue(), "12");
  await owner.getByText("Escriba los últimos 4 dígitos").first().waitFor();
  await looksRight(owner);

  const mexico = await stage.open("/demo/sign-in", await stage.otherBrowser({ locale: "es-MX" }));
  await heading(mexico, "Entrar");
  await mexico.getByRole("button", { name: "English" }).click();
  await heading(mexico, "Sign in");
  await mexico.reload();
  await heading(mexico, "Sign in");
});

story(
  "every screen is right in Spanish and in the dark",
  async (stage) => {
    const scene = await setTheScene(stage);
    const browsers = { ...scene.as, stranger: stage.context };
    for (const { name, as, at, then } of SCREENS.filter(({ name, then }) => ALSO.includes(name) || (!then && !PLAIN.includes(name)))) {
      const page = await stage.open(typeof at === "string" ? at : await at(scene), browsers[as]);
      await then?.(page, scene);
      await looksRight(page);
      assert.equal(await page.locator("html").getAttribute("lang"), "es", name);
      await page.close();
    }
  },
  { locale: "es-US", colorScheme: "dark" },
);

story("what takes its time says so, and what fails says what to do", async (stage) => {
  const page = await stage.signInAsClient();
  await stage.fault({ service: "dynamodb", operation: "GetItem", mode: "slow" });
  await page.goto(`${stage.url}/demo/documents`);
  await page.getByText("Loading…").waitFor();
  await page.getByText("No documents yet.").waitFor();

  await stage.fault({ service: "dynamodb", operation: "Query", nth: 0, mode: "error" });
  await page.reload();
  await page.getByText("This is not working right now. Nothing was lost. Try again in a moment.").waitFor();
  await heading(page, "Hand over documents");
  await looksRight(page);
  await stage.mend();
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByText("No documents yet.").waitFor();

  const owner = await stage.signInAsOwner();
  for (const [one, at, name] of /** @type {const} */ ([[page, "/demo", "No open requests"], [owner, "/demo/staff/contacts", "Contacts"]])) {
    await one.goto(stage.url + at);
    await heading(one, name);
    await stage.fault({ service: "dynamodb", operation: "GetItem", nth: 0, mode: "error" });
    await one.reload();
    await heading(one, "This page cannot be shown right now");
    await one.getByText("Try again in a moment.").waitFor();
    await looksRight(one);
    await stage.mend();
    await one.getByRole("button", { name: "Try again" }).click();
    await heading(one, name);
  }

  await page.getByRole("link", { name: "Documents", exact: true }).click();
  await page.getByText("No documents yet.").waitFor();
  await page.getByLabel("Choose files").setInputFiles({ name: "W-2.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.7\n") });
  const download = page.getByRole("button", { name: "Download: W-2.pdf" });
  await download.waitFor();
  await stage.context.setOffline(true);
  await download.click();
  await page.getByText("No connection. Check that you are online, then try again.").waitFor();
  await looksRight(page);
  await stage.context.setOffline(false);
  const downloaded = page.waitForEvent("download");
  await download.click();
  await downloaded;
  assert.equal(await page.getByText("No connection.").count(), 0);
});

story("names that look like markup are text, and no script of a stranger runs", async (stage) => {
  const name = "<img src=x onerror=alert(1)>";
  const owner = await stage.signInAsOwner();
  const reach = { email: "img@example.com", mobile: "+12525550170" };
  await stage.call(owner, "POST", "/api/contacts", { name, ...reach, gates: [{ kind: "pin", digits: "4242" }] });
  const page = await stage.signInAsClient({ ...reach, gate: "4242" });
  await page.goto(`${stage.url}/demo/documents`);
  await page.getByLabel("Choose files").setInputFiles({ name: `${name}.txt`, mimeType: "text/plain", buffer: Buffer.from("Hello\n") });
  await page.getByRole("button", { name: `Download: ${name}.txt` }).waitFor();

  await owner.goto(`${stage.url}/demo/staff/contacts?q=img`);
  await owner.getByRole("link", { name }).click();
  await heading(owner, name);
  await looksRight(owner);
  await owner.getByRole("link", { name: `Documents of ${name}` }).click();
  await owner.getByRole("button", { name: `Download: ${name}.txt` }).waitFor();
  await looksRight(owner);
  assert.deepEqual([await page.locator("img").count(), await owner.locator("img").count()], [0, 0]);

  const policy = (await page.reload())?.headers()["content-security-policy"] ?? "";
  const sent = page.waitForRequest((request) => request.method() === "PUT");
  await page.getByLabel("Choose files").setInputFiles({ name: "Second.txt", mimeType: "text/plain", buffer: Buffer.from("Hello\n") });
  assert.match(policy, new RegExp(`connect-src 'self' ${new URL((await sent).url()).origin};`));
  const didRun = await page.evaluate(() => {
    const script = document.createElement("script");
    script.textContent = "window.isMine = true";
    document.body.append(script);
    document.body.setAttribute("onclick", "window.isMine = true");
    document.body.click();
    return "isMine" in window;
  });
  assert.equal(didRun, false);
  const complaints = stage.complaints.splice(0);
  assert.ok(complaints.length > 0 && complaints.every((text) => text.includes("Content Security Policy")), complaints.join("\n"));
});

story(
  "without scripts a page says what it needs, in both languages",
  async (stage) => {
    for (const at of ["/demo/sign-in", "/demo/documents", "/demo/staff"]) {
      const page = await stage.open(at);
      const said = page.locator("noscript p");
      assert.deepEqual(await said.allInnerTexts(), [
        "This page needs JavaScript. Switch it on, or call your accountant.",
        "Esta página necesita JavaScript. Actívelo o llame a su contador.",
      ]);
      assert.equal(await said.first().isVisible(), true);
    }
  },
  { javaScriptEnabled: false },
);
