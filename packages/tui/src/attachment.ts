/** Something that goes along with a message: a file on this machine, or bytes that came from the clipboard. */
export type Attachment = {
  readonly name: string
  readonly mediaType: string
  readonly sizeBytes: number
  readonly source:
    | { readonly type: 'file'; readonly path: string }
    | { readonly type: 'bytes'; readonly bytes: Uint8Array }
}
