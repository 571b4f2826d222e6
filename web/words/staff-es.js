/**
 * The sentences in Spanish that only staff read.
 *
 * @type {typeof import("./staff-en.js").default}
 */
export default {
  staffTitle: "Personal",
  contacts: "Contactos",
  accessLog: "Registro de accesos",
};
