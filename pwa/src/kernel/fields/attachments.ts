/** A file chosen but not yet sent. The server learns `keepPosition` only when the person agreed. */
export interface Attachment {
  name: string;
  blob: Blob;
  keepPosition: boolean;
}

export const mostAttachments = 9;
export const largestBytes = 20 * 1024 * 1024;
