import { sha256 } from "../bytes";
import type { WaitingFile } from "../offline/database";
import { TransportError } from "../graphql/errors";
import { reach, refusalOf, sendJson } from "../graphql/http";

export interface StoredFile {
  id: string;
  contentType: string;
  url: string;
  thumbnailUrl: string | null;
}

export interface UploadRequest extends Pick<WaitingFile, "name" | "blob" | "purpose" | "keepPosition" | "uploadId"> {
  onCreated?: (uploadId: string) => Promise<void>;
  onProgress?: (fraction: number) => void;
}

const fallbackChunkSize = 512 * 1024;

/** Resumable upload; with `uploadId` it goes on where the server stopped. Errors as `reach`, TransportError. */
export async function uploadFile(request: UploadRequest): Promise<StoredFile> {
  const resumed = request.uploadId ? await offsetOf(request.uploadId) : undefined;
  const start = resumed ?? (await create(request));
  let offset = start.offset;
  while (offset < request.blob.size) {
    offset = await sendChunk(start.id, offset, request.blob.slice(offset, offset + start.chunkSize));
    request.onProgress?.(offset / request.blob.size);
  }
  return sendJson<StoredFile>("POST", `/files/${start.id}/complete`);
}

interface Upload {
  id: string;
  offset: number;
  chunkSize: number;
}

async function create(request: UploadRequest): Promise<Upload> {
  const created = await sendJson<Upload>("POST", "/files", {
    name: request.name,
    size: request.blob.size,
    contentType: request.blob.type,
    sha256: await sha256(request.blob),
    purpose: request.purpose,
    keepPosition: request.keepPosition,
  });
  await request.onCreated?.(created.id);
  return { ...created, chunkSize: created.chunkSize || fallbackChunkSize };
}

/** undefined when the server no longer knows the upload: then it starts anew. */
async function offsetOf(id: string): Promise<Upload | undefined> {
  const response = await reach(`/files/${id}`, { method: "HEAD" });
  if (response.status === 404 || response.status === 410) return undefined;
  if (!response.ok) throw await refusalOf(response);
  return { id, offset: Number(response.headers.get("Upload-Offset") ?? 0), chunkSize: fallbackChunkSize };
}

async function sendChunk(id: string, offset: number, chunk: Blob): Promise<number> {
  const response = await reach(`/files/${id}`, {
    method: "PATCH",
    headers: { "Upload-Offset": String(offset), "Content-Type": "application/offset+octet-stream" },
    body: chunk,
  });
  if (!response.ok) throw await refusalOf(response);
  const next = Number(response.headers.get("Upload-Offset"));
  if (!(next > offset)) throw new TransportError("UPLOAD_STALLED", 503, undefined);
  return next;
}
