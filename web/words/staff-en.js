/** The sentences in English that only staff read. */
export default {
  staffTitle: "Staff",
  contacts: "Contacts",
  accessLog: "Access log",
};
