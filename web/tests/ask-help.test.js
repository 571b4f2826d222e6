/** Whoever cannot get in asks the firm for help, and staff see who it is and why. */

import assert from "node:assert/strict";

import { looksRight } from "./looks.js";
import { gateField, press, sees, told } from "./mouse.js";
import { JANE, story } from "./stage.js";

const OFFICE = "office@demo.test";
const SENT = "Demo & Daughters CPA is told that you need help, once an hour at most. They answer in their office hours. Is it urgent, or is there more to say? Call them.";

story("a client whose code does not come asks for help, and staff see why it does not", async (stage) => {
  const page = await stage.open("/demo/sign-in");
  await page.getByLabel("Your email address").fill(JANE.email);
  await press(page, "Continue");
  await gateField(page).fill("1111");
  await press(page, "Send me a code");
  await page.getByText("If these match our records, a code is on its way.").waitFor();
  await press(page, "Or ask them for help by email");
  assert.equal(await page.getByLabel("Your email address").and(page.locator("#help-email")).count(), 0, "it is known who asks");
  await page.getByLabel("What should they know? (optional)").fill("Nothing comes.");
  await looksRight(page);
  await press(page, "Ask Demo & Daughters CPA for help");
  await page.getByText(SENT).waitFor();
  await looksRight(page);
  await stage.settled();
  const { subject, text } = await stage.message(OFFICE);
  assert.match(`${subject} ${text}`, /Jane Smith asks for help[\s\S]*The last 4 Digits of the SSN did not match[\s\S]*Nothing comes\.[\s\S]*\/demo\/staff\/contacts\//);

  const office = await stage.signInAsOwner(await stage.otherBrowser());
  await office.goto(/** @type {RegExpExecArray} */ (/http\S+\/staff\/contacts\/\w+/.exec(text ?? ""))[0]);
  await sees(office, "Jane Smith");
  await told(office, "Client asked for help");
  await office.getByText("Wrong digits came once.").waitFor();
  await looksRight(office);
});

story("who only has an email address asks for help in Spanish", async (stage) => {
  const page = await stage.open("/demo/sign-in");
  await press(page, "O pídales ayuda por correo");
  const send = () => press(page, "Pedir ayuda a Demo & Daughters CPA");
  await send();
  await page.locator("#help-email-error").waitFor();
  await looksRight(page);
  await page.locator("#help-email").fill("stranger@example.com");
  await send();
  await page.getByText("Se avisa a Demo & Daughters CPA de que necesita ayuda").waitFor();
  await stage.settled();
  assert.match((await stage.message(OFFICE)).text, /stranger@example\.com, which none of your contacts has/);
}, { locale: "es-US" });
