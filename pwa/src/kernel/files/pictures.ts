const longestEdge = 2048;
const quality = 0.82;

/**
 * Makes a photograph small enough for a weak network. The result has no metadata; a picture whose position the
 * person wants to keep is therefore sent as it is (the server strips it and stores the position apart),
 * and so is one the browser cannot read (HEIC).
 */
export async function preparePicture(file: File, keepPosition: boolean): Promise<Blob> {
  if (keepPosition || !file.type.startsWith("image/")) return file;
  const bitmap = await createImageBitmap(file).catch(() => undefined);
  if (!bitmap) return file;
  const scale = Math.min(1, longestEdge / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(bitmap.width * scale);
  canvas.height = Math.round(bitmap.height * scale);
  canvas.getContext("2d")?.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  const smaller = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/jpeg", quality));
  return smaller ?? file;
}
