/** Phones as they are read. */

/**
 * A number as people write it, where it is of the US.
 *
 * @param {string} phone
 */
export const shownPhone = (phone) => phone.replace(/^\+1(\d{3})(\d{3})(\d{4})$/, "($1) $2-$3");
