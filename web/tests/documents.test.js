/** Documents go from clients to the firm and from the firm to clients, whatever comes in between. */

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";

import { looksRight } from "./looks.js";
import { choose, hasFocus, paper, press, sees, send, sendButton } from "./mouse.js";
import { documentsOfJane, listed, receipt, slowly } from "./papers.js";
import { story } from "./stage.js";

/** @import { Page } from "playwright-core" */

/** More than goes over a slow line while a story looks on. */
const LARGE = 3_000_000;

/**
 * @param {Page} page
 * @param {string} name
 */
async function download(page, name) {
  const downloaded = page.waitForEvent("download");
  await page.getByRole("button", { name: `Download: ${name}` }).click();
  const file = await downloaded;
  assert.equal(file.suggestedFilename(), name);
  return readFile(await file.path());
}

/**
 * What is asked of the API about documents and of their store from now on, in this order.
 *
 * @param {Page} page
 */
function steps(page) {
  /** @type {string[]} */
  const taken = [];
  page.on("request", (request) => {
    const { pathname, origin } = new URL(request.url());
    if (request.method() === "PUT" && origin !== new URL(page.url()).origin) {
      taken.push("send");
    } else if (request.method() === "POST" && pathname.startsWith("/api/documents")) {
      taken.push(pathname.endsWith("/completion") ? "complete" : "begin");
    }
  });
  return taken;
}

story("a client sees how far a document has come, has a receipt for it, and gets the same one back", async (stage) => {
  const page = await documentsOfJane(stage);
  await looksRight(page);
  const w2 = paper("W-2 2025.pdf", LARGE);
  const hurry = await slowly(page);
  await send(page, [w2]);
  await page.getByText(/Sending, [1-9]\d? %/).waitFor();
  const bar = page.getByRole("progressbar", { name: w2.name });
  await page.waitForFunction((bar) => bar instanceof HTMLProgressElement && bar.value > 0 && bar.value < 1, await bar.elementHandle());
  await page.getByText("0 of 1 have arrived.").waitFor();
  await looksRight(page);

  const asked = page.waitForEvent("dialog");
  await page.close({ runBeforeUnload: true });
  assert.equal((await asked).type(), "beforeunload");
  await (await asked).dismiss();
  await hurry();

  await receipt(page).waitFor();
  await page.getByText("Sent to Demo & Daughters CPA on ").waitFor();
  const [[name, about]] = await listed(page, 1);
  assert.equal(name, w2.name);
  assert.match(about, /^from you\s· .*\s· 3\sMB$/);
  await looksRight(page);
  assert.deepEqual(await download(page, w2.name), w2.buffer);
  await page.reload();
  await page.getByRole("button", { name: `Download: ${w2.name}` }).waitFor();
});

story("pressing twice for a download asks for it once, and pressing later asks again", async (stage) => {
  const page = await documentsOfJane(stage);
  const w2 = paper("W-2.pdf");
  await send(page, [w2]);
  await receipt(page).waitFor();
  let asked = 0;
  /** @type {() => void} */
  let letGo = () => {};
  const bothPressed = new Promise((resolve) => (letGo = () => resolve(undefined)));
  await page.route("**/download", async (route) => {
    asked += 1;
    await bothPressed;
    await route.continue();
  });
  const button = page.getByRole("button", { name: `Download: ${w2.name}` });
  await button.click();
  // It says that it is busy; who does not see that presses again.
  await button.click({ force: true });
  const downloaded = page.waitForEvent("download");
  letGo();
  await downloaded;
  assert.equal(asked, 1);
  assert.deepEqual(await download(page, w2.name), w2.buffer);
  assert.equal(asked, 2);
});

story("several files go one after the other, and have one receipt", async (stage) => {
  const page = await documentsOfJane(stage);
  const taken = steps(page);
  // Two of them have one name, as photos of different days have.
  const files = [paper("Scan.pdf"), paper("Letter.png"), paper("Receipt.jpg"), paper("Scan.pdf", 2000)];
  const names = ["Scan.pdf", "Letter.png", "Receipt.jpg", "Scan (2).pdf"];
  await send(page, files);
  await receipt(page, 4).waitFor();
  assert.equal(await page.getByRole("heading", { name: /arrived/ }).count(), 1);
  assert.deepEqual(taken, files.flatMap(() => ["begin", "send", "complete"]));
  assert.deepEqual((await listed(page, 4)).map(([name]) => name), names.reverse());
  await looksRight(page);

  await send(page, [paper("Late.txt")]);
  await receipt(page).waitFor();
  assert.equal(await page.getByRole("heading", { name: /arrived/ }).count(), 1);
});

story("files are dropped where there is a mouse, and photographed where there is a finger", async (stage) => {
  const page = await documentsOfJane(stage);
  const isTouched = stage.how.hasTouch === true;
  assert.equal(await page.getByText("Take a photo").isVisible(), isTouched);
  assert.equal(await page.getByText("Drop files here").isVisible(), !isTouched);
  if (isTouched) {
    const camera = page.getByLabel("Take a photo");
    assert.equal(await camera.getAttribute("capture"), "environment");
    assert.equal(await camera.getAttribute("accept"), "image/*");
    await camera.setInputFiles(paper("IMG_0001.jpg"));
  } else {
    const dataTransfer = await page.evaluateHandle(() => {
      const dragged = new DataTransfer();
      dragged.items.add(new File(["%PDF-1.7\n"], "Dropped.pdf", { type: "application/pdf" }));
      return dragged;
    });
    const zone = page.getByText("Drop files here");
    await zone.dispatchEvent("dragover", { dataTransfer });
    await looksRight(page);
    await zone.dispatchEvent("drop", { dataTransfer });
  }
  await sendButton(page).click();
  await receipt(page).waitFor();
  assert.deepEqual((await listed(page, 1)).map(([name]) => name), [isTouched ? "IMG_0001.jpg" : "Dropped.pdf"]);
});

story("a file that arrived although no answer came back counts as arrived", async (stage) => {
  const page = await documentsOfJane(stage);
  await stage.fault({ service: "s3", operation: "PutObject", mode: "timeout_after", function: "create-upload" });
  const answered = page.waitForResponse((answer) => answer.request().method() === "PUT");
  await send(page, [paper("W-2.pdf")]);
  assert.equal((await answered).status(), 412);
  await receipt(page).waitFor();
  assert.deepEqual(await download(page, "W-2.pdf"), paper("W-2.pdf").buffer);
});

story("a store that stays out of reach is given up after a while, and one press tries all again", async (stage) => {
  await stage.context.clock.install();
  const page = await documentsOfJane(stage);
  await stage.fault({ service: "s3", operation: "PutObject", nth: 0, mode: "timeout_before" });
  await send(page, [paper("W-2.pdf"), paper("1099.pdf")]);
  await page.getByText(/^(Waiting for a connection|This takes longer)/).waitFor();
  const broken = page.getByText("The connection broke off.");
  while ((await broken.count()) < 2) {
    await page.clock.fastForward(15_000);
    await page.waitForTimeout(50);
  }
  await page.getByRole("heading", { name: "2 files did not arrive" }).waitFor();
  await looksRight(page);
  await stage.mend();
  await press(page, "Try all 2 again");
  await receipt(page, 2).waitFor();
  assert.deepEqual(await download(page, "W-2.pdf"), paper("W-2.pdf").buffer);
});

story("a file that cannot be taken is refused in words, and a better one goes instead", async (stage) => {
  const page = await documentsOfJane(stage);
  const taken = steps(page);
  await page.getByLabel("Choose files").evaluate((input) => {
    const chosen = new DataTransfer();
    const mebibyte = new Uint8Array(1024 ** 2);
    chosen.items.add(new File([], "Empty.pdf"));
    chosen.items.add(new File([...Array(100).fill(mebibyte), "!"], "Everything.pdf"));
    Object.assign(input, { files: chosen.files });
    input.dispatchEvent(new Event("change"));
  });
  await page.getByText("The file is empty. Check it, then choose it again.").waitFor();
  await page.getByText("The file is larger than 100 MB. Split it or save it smaller.").waitFor();
  assert.equal(await sendButton(page).count(), 0);
  assert.deepEqual(taken, []);
  await looksRight(page);
  await page.getByRole("button", { name: "Remove: Empty.pdf" }).click();
  await page.getByRole("button", { name: "Remove: Everything.pdf" }).click();

  const program = { ...paper("Invoice.pdf"), buffer: Buffer.from("MZ\x90\0".padEnd(200, "\0"), "latin1") };
  await send(page, [program, { ...program, name: "Setup.exe" }]);
  await page.getByRole("heading", { name: "2 files did not arrive" }).waitFor();
  assert.equal(await page.getByRole("heading", { name: /arrived/ }).count(), 0);
  assert.equal(await page.getByRole("button", { name: /^Try/ }).count(), 0, "it would be refused again");
  await looksRight(page);

  await send(page, [paper("Invoice.pdf")]);
  await receipt(page).waitFor();
  await page.getByRole("heading", { name: "2 files did not arrive" }).waitFor();
  const [[good, , state], [bad, , why]] = await listed(page, 2);
  assert.deepEqual([good, state, bad], ["Invoice.pdf", "Download", "Invoice.pdf"]);
  assert.match(why, /^We could not take it\. ./);
  await page.getByRole("button", { name: "Remove: Setup.exe" }).click();
  await page.getByRole("button", { name: "Remove: Invoice.pdf" }).click();
  await page.getByRole("heading", { name: /did not arrive/ }).waitFor({ state: "detached" });
});

story("a session that ends while files are sent says what did not arrive, and leads back to the documents", async (stage) => {
  const page = await documentsOfJane(stage);
  const hurry = await slowly(page);
  await send(page, [paper("Short.pdf"), paper("Long.pdf", LARGE), paper("Last.pdf")]);
  await page.getByText("1 of 3 have arrived.").waitFor();
  await page.getByText(/Sending, [1-9]\d? %/).waitFor();
  await stage.call(page, "DELETE", "/api/session");
  await hurry();
  await page.getByText("You were signed out. Sign in, then choose this file again.").nth(1).waitFor();
  await receipt(page).waitFor();
  await looksRight(page);
  await page.getByRole("button", { name: "Sign in" }).click();
  await stage.signInAgain(page);
  await sees(page, "Send documents");
  await page.getByText("Long.pdf did not arrive. Choose it again.").waitFor();
  await page.getByText("Last.pdf did not arrive. Choose it again.").waitFor();
  assert.deepEqual((await listed(page, 1)).map(([name]) => name), ["Short.pdf"]);
});

story("who acts for two clients says for whom a document is, and sees for whom each was", async (stage) => {
  const owner = await stage.signInAsOwner(await stage.otherBrowser());
  const jane = await stage.contact(owner, "Jane Smith");
  const bakery = await stage.call(owner, "POST", "/api/contacts", { name: "Smith Bakery LLC" });
  const clients = [jane, bakery].map(({ clients }) => clients[0].client);
  await stage.call(owner, "PATCH", `/api/contacts/${jane.contact}`, { clients });
  const page = await documentsOfJane(stage);
  await choose(page, [paper("Letter.pdf")]);
  await page.getByText("Demo & Daughters CPA and everyone who signs in for that client will see what you send.").waitFor();
  await press(page, "Send 1 file");
  await page.getByText("Choose who the documents are for.").waitFor();
  assert.ok(await hasFocus(page.getByRole("radio").first()));
  await looksRight(page);
  await page.getByLabel("Jane Smith").check();
  assert.equal(await page.getByText("Choose who").count(), 0);
  await page.getByText("Demo & Daughters CPA and everyone who signs in for Jane Smith will see what you send.").waitFor();
  await press(page, "Send 1 file for Jane Smith");
  await receipt(page, 1).waitFor();
  await page.getByRole("heading", { name: "For Jane Smith" }).waitFor();

  // What was sent before stays hers, whomever the next one is for.
  const hurry = await slowly(page);
  await choose(page, [paper("W-2.pdf", LARGE), paper("1099.pdf")]);
  await press(page, "Send 2 files for Jane Smith");
  await page.getByText(/Sending, [1-9]\d? %/).waitFor();
  await choose(page, [paper("Payroll.pdf")]);
  await page.getByLabel("Smith Bakery LLC").check();
  await press(page, "Send 1 file for Smith Bakery LLC");
  await page.getByText("0 of 3 have arrived.").waitFor();
  await hurry();
  await receipt(page, 3).waitFor();
  assert.deepEqual(await page.locator(".receipt h3").allInnerTexts(), ["For Jane Smith", "For Smith Bakery LLC"]);
  const forWhom = Object.fromEntries((await listed(page, 4)).map(([name, about]) => [name, about.split(/\s· /)[0]]));
  const [hers, theirs] = ["Jane Smith", "Smith Bakery LLC"];
  assert.deepEqual(forWhom, { "Letter.pdf": hers, "W-2.pdf": hers, "1099.pdf": hers, "Payroll.pdf": theirs });
  await looksRight(page);
});

story("staff and client hand documents to each other", async (stage) => {
  const [page, owner] = [await documentsOfJane(stage), await stage.signInAsOwner()];
  await owner.getByRole("link", { name: "Contacts" }).first().click();
  await owner.getByRole("link", { name: "Jane Smith" }).click();
  await owner.getByRole("link", { name: "Documents of Jane Smith" }).click();
  await owner.getByText("No documents yet.").waitFor();
  await looksRight(owner);

  const [w2, draft] = [paper("W-2.pdf"), paper("Draft return.pdf")];
  await send(page, [w2]);
  await receipt(page).waitFor();
  await owner.reload();
  assert.deepEqual(await download(owner, w2.name), w2.buffer);
  assert.match((await listed(owner, 1))[0][1], /^from Jane Smith\s· /);

  await send(owner, [draft]);
  await receipt(owner).waitFor();
  await owner.getByText("Sent to the client on ").waitFor();
  assert.match((await listed(owner, 2))[0][1], /^from Demo & Daughters CPA\s· /);
  await looksRight(owner);
  await page.reload();
  assert.deepEqual(await download(page, draft.name), draft.buffer);
  assert.match((await listed(page, 2))[0][1], /^from Demo & Daughters CPA\s· /);

  await owner.getByRole("link", { name: "Back to Jane Smith" }).click();
  await sees(owner, "Jane Smith");
});

story("more documents than fit on a page come when they are asked for, each once", async (stage) => {
  const page = await documentsOfJane(stage);
  const { buffer, name } = paper("Letter.pdf");
  const sha256 = createHash("sha256").update(buffer).digest("hex");
  for (let number = 1; number <= 51; number += 1) {
    const about = { name: `${number} ${name}`, size: buffer.length, content_type: "application/pdf", sha256 };
    const { document, upload } = await stage.call(page, "POST", "/api/documents", about);
    await fetch(upload.url, { method: upload.method, headers: upload.headers, body: new Uint8Array(buffer) });
    await stage.call(page, "POST", `/api/documents/${document}/completion`, {});
  }
  await page.reload();
  await page.getByRole("button", { name: "Show more" }).dblclick();
  await page.getByRole("button", { name: "Show more" }).waitFor({ state: "detached" });
  assert.deepEqual((await listed(page, 51)).map(([name]) => Number.parseInt(name)), Array.from({ length: 51 }, (_, index) => 51 - index));
});
