/** The second factor of a client: to come in, to switch it on and off. */

import { clientMenu } from "../modules/client-menu.js";
import { maybeSession, start } from "../modules/page.js";
import { twoFactorView } from "../modules/two-factor-view.js";

const factor = twoFactorView("client");

const shown = await start({
  audience: "client",
  session: "looked-for",
  title: factor.title,
  view: factor.view,
  menu: () => (maybeSession() ? clientMenu() : []),
});
if (shown) {
  factor.open();
}
