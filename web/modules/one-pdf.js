/** Photos of paper, put into one PDF, in the order in which they were taken. */

import { parted } from "./file-names.js";

/** The longer side of a page's picture, in dots: what a letter has at 200 dots an inch. */
const LONGEST_SIDE = 2200;
/** How much of a picture is kept, of 1: print stays sharp. */
const QUALITY = 0.85;
/** A letter's width, in points. */
const LETTER = 612;

/** Whether a file is a photo, as far as the browser knows. @param {File} file */
export const isPhoto = ({ type }) => type.startsWith("image/");

/**
 * One file of all `photos`, called like the first of them.
 *
 * @param {File[]} photos
 */
export async function onePdf(photos) {
  const { PDFDocument } = await import("../vendor/pdf-lib/pdf-lib.js");
  const pdf = await PDFDocument.create();
  const inOrder = [...photos].sort((one, other) => one.lastModified - other.lastModified);
  for (const photo of inOrder) {
    const image = await pdf.embedJpg(await asJpeg(photo));
    const [width, height] = [LETTER, (LETTER * image.height) / image.width];
    pdf.addPage([width, height]).drawImage(image, { x: 0, y: 0, width, height });
  }
  const name = `${parted(inOrder[0].name)[0]}.pdf`;
  pdf.setTitle(name);
  return new File([await pdf.save()], name, { type: "application/pdf" });
}

/** A photo as it is seen: turned as the camera was held, and no larger than print needs. @param {File} photo */
async function asJpeg(photo) {
  const picture = await createImageBitmap(photo);
  const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [Math.round(picture.width * scale), Math.round(picture.height * scale)];
  const paper = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  // What is see-through is paper.
  paper.fillStyle = "white";
  paper.fillRect(0, 0, canvas.width, canvas.height);
  paper.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  const jpeg = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
  return /** @type {Blob} */ (jpeg).arrayBuffer();
}
