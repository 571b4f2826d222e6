/** What holds for clients and staff alike: sessions side by side, the way back, languages, colours, and what is said when nothing works. */

import assert from "node:assert/strict";

import { SCREENS, open, setTheScene } from "./screens.js";
import { looksRight } from "./looks.js";
import { OFFLINE, looksAt, paper, press, sees, send, signOut } from "./mouse.js";
import { SIZES, story, storyOnce } from "./stage.js";

/** Screens that have no language, or both. */
const PLAIN = ["front page", "outbox"];

story("staff and a client are signed in side by side, and each page keeps to its own", async (stage) => {
  const [owner, jane] = [await stage.signInAsOwner(), await stage.signInAsClient()];
  await Promise.all([owner.reload(), jane.reload()]);
  await jane.getByRole("button", { name: "Signed in as Jane Smith" }).waitFor();
  await owner.getByRole("button", { name: "Signed in as Olive Owner" }).waitFor();
  await signOut(jane);
  await sees(jane, "Sign in");
  await owner.getByRole("link", { name: "Contacts" }).first().click();
  await owner.getByRole("link", { name: "Jane Smith" }).waitFor();
  await jane.goto(`${stage.url}/demo/documents`);
  await stage.signInAgain(jane);
  await sees(jane, "Send documents");

  const other = await stage.open("/demo/staff");
  await signOut(other);
  await sees(other, "Staff sign-in");
  await owner.getByLabel("Name, email or mobile").fill("jane");
  await press(owner, "Search");
  await stage.signInAgain(owner);
  await sees(owner, "Contacts");
  assert.equal(await owner.getByLabel("Name, email or mobile").inputValue(), "jane");
  await jane.reload();
  await sees(jane, "Send documents");
});

story("a session that ends under a form costs no typing, but for digits", async (stage) => {
  const owner = await stage.signInAsOwner();
  const { contact } = await stage.contact(owner, "Lee Park");
  await owner.goto(`${stage.url}/demo/staff/contacts/${contact}`);
  await press(owner, "Edit");
  for (const { form, name, email, mobile, button } of [
    { form: "Edit Lee Park", name: "Lee Parker", email: "lee.parker@example.com", mobile: "(252) 555-0160", button: "Save changes" },
    { form: "Add a contact", name: "Ann Lee", email: "ann@example.com", mobile: "(252) 555-0161", button: "Add contact" },
  ]) {
    await sees(owner, form);
    const typed = { Name: name, Email: email, Mobile: mobile, Label: "Hers", Digits: "4321" };
    for (const [label, text] of Object.entries(typed)) {
      await owner.getByLabel(label, { exact: true }).fill(text);
    }
    await stage.call(owner, "DELETE", "/api/session");
    await press(owner, button);
    await stage.signInAgain(owner);
    await sees(owner, form);
    for (const [label, text] of Object.entries({ ...typed, Digits: "" })) {
      assert.equal(await owner.getByLabel(label, { exact: true }).inputValue(), text);
    }
    assert.equal((await owner.evaluate(() => JSON.stringify(sessionStorage))).includes("4321"), false);
    await owner.getByLabel("Digits").fill("4321");
    await press(owner, button);
    await sees(owner, name);
    await owner.getByText("Ready").first().waitFor();
    await owner.goto(`${stage.url}/demo/staff/contacts/new`);
  }
});

story("every address is the same screen after a reload and on the way back", async (stage) => {
  const owner = await stage.signInAsOwner();
  const jane = await stage.contact(owner, "Jane Smith");
  const janes = `/demo/staff/contacts/${jane.contact}`;
  await (await stage.signInAsClient()).close();
  const walk = [
    ["/demo", "No open requests"],
    ["/demo/documents", "Send documents"],
    ["/demo/sign-in", "No open requests"],
    ["/demo/link", "This link is no longer good"],
    ["/demo/staff", "Staff"],
    ["/demo/staff/contacts", "Contacts"],
    ["/demo/staff/contacts?q=park", "Contacts"],
    ["/demo/staff/contacts/new", "Add a contact"],
    [janes, "Jane Smith"],
    [`${janes}?edit=details`, "Edit Jane Smith"],
    ["/demo/staff/access-log", "Access log"],
    [`/demo/staff/clients/${jane.clients[0].client}/documents?contact=${jane.contact}`, "Documents of Jane Smith"],
  ];
  const page = await stage.open("/demo/nothing");
  for (const [at, name] of walk) {
    await page.goto(stage.url + at);
    await sees(page, name);
    await page.reload();
    await sees(page, name);
  }
  for (const [, name] of walk.reverse()) {
    await sees(page, name);
    await page.goBack({ waitUntil: "commit" });
  }
  await sees(page, "There is nothing at this address");
});

story("the language changes under an open form, which keeps what was typed, and stays changed", async (stage) => {
  const page = await stage.open("/demo/sign-in");
  await page.getByLabel("Your email address").fill("jane@example.com");
  await press(page, "Español");
  await sees(page, "Entrar");
  assert.equal(await page.getByLabel("Su correo electrónico").inputValue(), "jane@example.com");
  assert.deepEqual([await page.title(), await page.locator("html").getAttribute("lang")], ["Entrar – Demo & Daughters CPA", "es"]);
  const other = await stage.open("/demo/staff/sign-in");
  await other.getByLabel("Su correo electrónico").waitFor();
  await other.close();
  await press(page, "English");
  await sees(page, "Sign in");
  assert.equal(await page.locator("html").getAttribute("lang"), "en");

  const owner = await stage.signInAsOwner();
  await owner.goto(`${stage.url}/demo/staff/contacts/new`);
  await owner.getByLabel("Name", { exact: true }).fill("Ana López");
  await owner.getByLabel("Digits").fill("12");
  await press(owner, "Add contact");
  await owner.getByText("Enter the last 4 digits").first().waitFor();
  await press(owner, "Español");
  assert.equal(await owner.getByLabel("Nombre", { exact: true }).inputValue(), "Ana López");
  assert.equal(await owner.getByLabel("Dígitos").inputValue(), "12");
  await owner.getByText("Escriba los últimos 4 dígitos").first().waitFor();
  await looksRight(owner);

  const mexico = await stage.open("/demo/sign-in", await stage.otherBrowser({ locale: "es-MX" }));
  await sees(mexico, "Entrar");
  await press(mexico, "English");
  await sees(mexico, "Sign in");
  await mexico.reload();
  await sees(mexico, "Sign in");
});

for (const whose of /** @type {const} */ (["client", "stranger", "staff"])) {
  storyOnce(
    `what a ${whose} sees is right in Spanish and in the dark`,
    async (stage) => {
      const scene = await setTheScene(stage);
      for (const screen of SCREENS.filter(({ as }) => as === whose)) {
        const page = await open(screen, scene);
        await looksRight(page);
        assert.equal(await page.locator("html").getAttribute("lang"), PLAIN.includes(screen.name) ? "en" : "es", screen.name);
        await page.close();
      }
    },
    { viewport: SIZES.phone, hasTouch: true, isMobile: true, locale: "es-US", colorScheme: "dark" },
  );
}

story("what takes its time says so, and what fails says what to do", async (stage) => {
  const page = await stage.signInAsClient();
  await sees(page, "No open requests");
  // The first page looks for what is new.
  await page.waitForLoadState("networkidle");
  await stage.fault({ service: "dynamodb", operation: "GetItem", mode: "slow", function: "list-documents" });
  await page.goto(`${stage.url}/demo/documents`);
  await page.getByText("Loading…").waitFor();
  await page.getByText("No documents yet.").waitFor();

  await stage.fault({ service: "dynamodb", operation: "Query", nth: 0, mode: "error" });
  await page.reload();
  await page.getByText("This is not working right now. Nothing was lost. Try again in a moment.").waitFor();
  await sees(page, "Send documents");
  await looksRight(page);
  await stage.mend();
  await press(page, "Try again");
  await page.getByText("No documents yet.").waitFor();

  const owner = await stage.signInAsOwner();
  for (const [one, at, name] of /** @type {const} */ ([[page, "/demo", "No open requests"], [owner, "/demo/staff/contacts", "Contacts"]])) {
    await one.goto(stage.url + at);
    await sees(one, name);
    await stage.fault({ service: "dynamodb", operation: "GetItem", nth: 0, mode: "error" });
    await one.reload();
    await sees(one, "This page cannot be shown right now");
    await one.getByText("Try again in a moment.").waitFor();
    await looksRight(one);
    await stage.mend();
    await press(one, "Try again");
    await sees(one, name);
  }

  await page.getByRole("link", { name: "Documents", exact: true }).click();
  await page.getByText("No documents yet.").waitFor();
  await send(page, [paper("W-2.pdf")]);
  const download = page.getByRole("button", { name: "Download: W-2.pdf" });
  await download.waitFor();
  await stage.context.setOffline(true);
  await download.click();
  await page.getByText(OFFLINE).waitFor();
  await looksRight(page);
  await stage.context.setOffline(false);
  const downloaded = page.waitForEvent("download");
  await download.click();
  await downloaded;
  assert.equal(await page.getByText(OFFLINE).count(), 0);
});

story("names that look like markup are text, and no script of a stranger runs", async (stage) => {
  const name = "<img src=x onerror=alert(1)>";
  const owner = await stage.signInAsOwner();
  const reach = { email: "img@example.com", mobile: "+12525550170" };
  await stage.call(owner, "POST", "/api/contacts", { name, ...reach, gates: [{ kind: "pin", digits: "4242" }] });
  const page = await stage.signInAsClient({ ...reach, gate: "4242" });
  await page.goto(`${stage.url}/demo/documents`);
  await send(page, [paper(`${name}.txt`)]);
  await page.getByRole("button", { name: `Download: ${name}.txt` }).waitFor();

  await owner.goto(`${stage.url}/demo/staff/contacts?q=img`);
  await owner.getByRole("link", { name }).click();
  await sees(owner, name);
  await looksRight(owner);
  await owner.getByRole("link", { name: `Documents of ${name}` }).click();
  await owner.getByRole("button", { name: `Download: ${name}.txt` }).waitFor();
  await looksRight(owner);
  assert.deepEqual([await page.locator("img").count(), await owner.locator("img").count()], [0, 0]);

  const policy = (await page.reload())?.headers()["content-security-policy"] ?? "";
  const sent = page.waitForRequest((request) => request.method() === "PUT");
  await send(page, [paper("Second.txt")]);
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

story("where no page is, and where no firm is, it says so in both languages", async (stage) => {
  const front = await stage.open("/");
  await sees(front, "Postern");
  await front.getByText("Every firm has an address of its own here").waitFor();
  await front.locator("[lang=es]").getByText("Cada firma tiene aquí su propia dirección").waitFor();
  await looksRight(front);

  const lost = await stage.open("/demo/nothing");
  await looksAt(lost, "There is nothing at this address");
  await lost.getByRole("link", { name: "Sign in" }).click();
  await sees(lost, "Sign in");

  const page = await stage.open("/nobody/sign-in");
  await sees(page, "There is nothing at this address");
  await looksRight(page);
  await press(page, "Español");
  await sees(page, "No hay nada en esta dirección");
});

story(
  "without scripts a page says what it needs, in both languages",
  async (stage) => {
    for (const at of ["/demo/sign-in", "/demo/documents", "/demo/staff"]) {
      const page = await stage.open(at);
      const said = page.locator("noscript p");
      assert.deepEqual(await said.allInnerTexts(), [
        "This page needs JavaScript. Switch it on, or call Demo & Daughters CPA: (252) 555-0142.",
        "Esta página necesita JavaScript. Actívelo o llame a Demo & Daughters CPA: (252) 555-0142.",
      ]);
      assert.equal(await said.first().isVisible(), true);
    }
  },
  { javaScriptEnabled: false },
);
