/** What the pages use of pdf-lib. */

export interface PDFImage {
  width: number;
  height: number;
}

export interface PDFPage {
  drawImage(image: PDFImage, place: { x: number; y: number; width: number; height: number }): void;
}

export class PDFDocument {
  static create(): Promise<PDFDocument>;
  embedJpg(jpeg: ArrayBuffer): Promise<PDFImage>;
  addPage(size: [width: number, height: number]): PDFPage;
  setTitle(title: string): void;
  save(): Promise<Uint8Array<ArrayBuffer>>;
}
