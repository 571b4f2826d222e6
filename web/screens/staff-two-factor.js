/** The second factor of a staff member: to come in, to switch it on and off. */

import { staffMenu } from "../modules/staff-menu.js";
import { maybeSession, start } from "../modules/page.js";
import { twoFactorView } from "../modules/two-factor-view.js";

const factor = twoFactorView("staff");

const shown = await start({
  audience: "staff",
  session: "looked-for",
  title: factor.title,
  view: factor.view,
  menu: () => (maybeSession() ? staffMenu() : []),
});
if (shown) {
  factor.open();
}
