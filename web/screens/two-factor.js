/** The second factor of a client: to come in, to switch it on and off. */

import { askHelp } from "../modules/ask-help.js";
import { clientMenu } from "../modules/client-menu.js";
import { html } from "../modules/html.js";
import { maybeSession, start } from "../modules/page.js";
import { twoFactorView } from "../modules/two-factor-view.js";

const factor = twoFactorView("client");
const help = askHelp(() => undefined, () => "");

const shown = await start({
  audience: "client",
  session: "looked-for",
  title: factor.title,
  view: factor.view,
  help: () => (maybeSession() ? html`` : help()),
  menu: () => (maybeSession() ? clientMenu() : []),
});
if (shown) {
  factor.open();
}
