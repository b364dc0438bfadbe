import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { ATTACHED_LIMIT_BYTES, type Attachment, attachmentsIn } from '../dist/typed/attachment.js'
import { PASTED_LIMIT } from '../dist/typed/change.js'
import { clipboardCommands, clipboardImage, desktopOf } from '../dist/typed/clipboard.js'
import { type Editor, EMPTY_EDITOR, edit } from '../dist/typed/editor.js'
import {
  editorCommand,
  messageFileName,
  textForFile,
  WRITTEN_LIMIT,
  writtenBack,
} from '../dist/typed/external-editor.js'
import { HEAD_BYTES, mediaTypeOf } from '../dist/typed/media-type.js'
import { pathsIn } from '../dist/typed/pasted-paths.js'
import { shellWords } from '../dist/typed/shell-words.js'
import { submitted } from '../dist/typed/submission.js'

const bytes = (...parts: readonly (string | number)[]) =>
  new Uint8Array(parts.flatMap((part) => (typeof part === 'number' ? [part] : [...Buffer.from(part, 'latin1')])))
const PNG = bytes('\x89PNG\r\n\x1a\n', 0, 0)

/** A machine with these files, each with its first bytes. */
const machine = (heads: Readonly<Record<string, Uint8Array>>, sizeBytes = 120_400) => ({
  home: '/home/alice',
  fileAt: async (path: string) => {
    const head = heads[path]
    return head && { sizeBytes, head }
  },
})

describe('the media type of', () => {
  it.each([
    ['a PNG', PNG, 'image/png'],
    ['a JPEG', bytes(0xff, 0xd8, 0xff, 0xe0), 'image/jpeg'],
    ['a GIF', bytes('GIF89a'), 'image/gif'],
    ['a WebP', bytes('RIFF', 1, 2, 3, 4, 'WEBPVP8 '), 'image/webp'],
    ['a PDF', bytes('%PDF-1.7'), 'application/pdf'],
    ['a WAV', bytes('RIFF', 1, 2, 3, 4, 'WAVEfmt '), 'audio/wav'],
    ['an MP3 with tags', bytes('ID3', 4, 0), 'audio/mpeg'],
    ['an MP3 without', bytes(0xff, 0xfb, 0x90, 0x64), 'audio/mpeg'],
    ['text', bytes('hello, world'), undefined],
    ['nothing', bytes(), undefined],
    ['UTF-16', bytes(0xff, 0xfe, 'h', 0), undefined],
    ['an AVI', bytes('RIFF', 1, 2, 3, 4, 'AVI LIST'), undefined],
    ['what has WEBP in its middle', bytes('abcdefghWEBP'), undefined],
    ['half a PNG', PNG.subarray(0, 5), undefined],
  ])('%s is read from its first bytes', (_name, head, mediaType) => {
    expect(mediaTypeOf(head)).toBe(mediaType)
    expect(mediaTypeOf(head.subarray(0, HEAD_BYTES))).toBe(mediaType)
  })
})

describe('a paste of paths', () => {
  const cat = '/home/alice/my cat.png'
  it.each([
    ["'/home/alice/my cat.png' ", 'quoted'],
    ['"/home/alice/my cat.png"', 'in double quotes'],
    ['/home/alice/my\\ cat.png ', 'escaped'],
    ['file:///home/alice/my%20cat.png\n', 'as a URL'],
    ['file://localhost/home/alice/my%20cat.png', 'as a URL with a host'],
    ['/home/alice/my cat.png', 'as it is'],
    ['~/"my cat.png"', 'from home'],
  ])('%j (%s) attaches the file', async (pasted) => {
    expect(await attachmentsIn(pasted, machine({ [cat]: PNG }))).toEqual([
      { name: 'my cat.png', mediaType: 'image/png', sizeBytes: 120_400, source: { type: 'file', path: cat } },
    ])
  })

  it.each(["'/a.png' '/b.pdf'", '/a.png\n/b.pdf\n', 'file:///a.png file:///b.pdf'])(
    '%j attaches both, in order',
    async (pasted) => {
      const found = await attachmentsIn(pasted, machine({ '/a.png': PNG, '/b.pdf': bytes('%PDF-1') }))
      expect(found?.map(({ name, mediaType }) => [name, mediaType])).toEqual([
        ['a.png', 'image/png'],
        ['b.pdf', 'application/pdf'],
      ])
    },
  )

  it.each([
    'look at /a.png',
    '/a.png and more',
    'a.png',
    '/',
    '/missing.png',
    '/a.png /missing.png',
    '/notes.txt',
    "'/a.png",
    'file:///%E0%A4%A',
    'https://example.com/a.png',
    '',
    '\n',
    Array.from({ length: 21 }, () => '/a.png').join(' '),
    `/a.png${' '.repeat(5)}${'/a.png '.repeat(4000)}`,
  ])('%j stays text', async (pasted) => {
    expect(await attachmentsIn(pasted, machine({ '/a.png': PNG, '/notes.txt': bytes('hello') }))).toBeUndefined()
  })

  it('of a file that is too large stays text', async () => {
    expect(await attachmentsIn('/a.png', machine({ '/a.png': PNG }, ATTACHED_LIMIT_BYTES))).toHaveLength(1)
    expect(await attachmentsIn('/a.png', machine({ '/a.png': PNG }, ATTACHED_LIMIT_BYTES + 1))).toBeUndefined()
  })

  it('is read in ways that all are absolute paths, whatever was pasted', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('/', 'a', ' ', "'", '"', '\\', '~', '\n', 'file://', '%2e') }),
        (text) => {
          for (const paths of pathsIn(text, '/home/alice')) for (const path of paths) expect(path).toMatch(/^\/./su)
        },
      ),
    )
  })

  it('is split into words as a shell does', () => {
    const word = fc.string({ unit: fc.constantFrom('a', ' ', "'", '"', '\\', '$', '漢'), minLength: 1 })
    const quoted = (text: string) => `'${text.replaceAll("'", String.raw`'\''`)}'`
    fc.assert(
      fc.property(fc.array(word, { minLength: 1 }), (words) => {
        expect(shellWords(words.map(quoted).join(' '))).toEqual(words)
      }),
    )
    expect(shellWords('a "b c" d\\ e "f\\"g"')).toEqual(['a', 'b c', 'd e', 'f"g'])
    expect(shellWords('a "b')).toBeUndefined()
  })
})

describe('the clipboard', () => {
  it.each([
    ['linux', { WAYLAND_DISPLAY: 'wayland-0', DISPLAY: ':0' }, ['wl-paste', 'xclip']],
    ['linux', { DISPLAY: ':0' }, ['xclip']],
    ['linux', { WSL_DISTRO_NAME: 'Debian', DISPLAY: ':0' }, ['xclip', 'powershell.exe']],
    ['linux', {}, []],
    ['darwin', {}, ['pngpaste', 'osascript']],
    ['win32', {}, ['powershell.exe']],
  ])('of %s with %j is read by %j', (platform, env, commands) => {
    expect(clipboardCommands(desktopOf(platform, env)).map(({ command }) => command)).toEqual(commands)
  })

  it('gives the image, however the command writes it, and nothing that is none', () => {
    const image = { name: 'clipboard.png', mediaType: 'image/png', sizeBytes: PNG.length }
    expect(clipboardImage(PNG, 'bytes')).toMatchObject(image)
    expect(clipboardImage(bytes(`${Buffer.from(PNG).toString('base64')}\r\n`), 'base64')).toMatchObject(image)
    const hex = Buffer.from(PNG).toString('hex').toUpperCase()
    expect(clipboardImage(Buffer.from(`«data PNGf${hex}»\n`), 'applescript')).toMatchObject(image)
    expect(clipboardImage(bytes('%PDF-1.7'), 'bytes')).toBeUndefined()
    expect(clipboardImage(bytes('No image.'), 'base64')).toBeUndefined()
    const large = new Uint8Array(ATTACHED_LIMIT_BYTES + 1)
    large.set(PNG)
    expect(clipboardImage(large, 'bytes')).toBeUndefined()
  })
})

describe('a message that is written in another editor', () => {
  let image: Attachment | undefined
  beforeAll(async () => {
    image = (await attachmentsIn('/cat.png', machine({ '/cat.png': PNG })))?.[0]
  })
  const after = (...edits: readonly Parameters<typeof edit>[1][]): Editor =>
    edits.reduce((e, what) => edit(e, what), EMPTY_EDITOR)
  const paste = Array.from({ length: 20 }, (_, n) => `line ${n}`).join('\n')

  it('stands in the file in full, comes back without the last newline, and can be undone', () => {
    const editor = after({ type: 'insert', text: 'see ' }, { type: 'paste', text: paste })
    expect(textForFile(editor)).toBe(`see ${paste}`)
    const back = writtenBack(editor, 'all new\r\nand more\n\n')
    expect(back?.text).toBe('all new\nand more\n')
    expect(back && edit(back, { type: 'undo' }).text).toBe(editor.text)
  })

  it('keeps what is attached where its label was left', () => {
    if (image === undefined) throw new Error('no image')
    const editor = after({ type: 'insert', text: 'see ' }, { type: 'attach', attachment: image })
    expect(textForFile(editor)).toBe('see [image 1: cat.png, 120 KB]')
    const back = writtenBack(editor, 'Here: [image 1: cat.png, 120 KB] and more\n')
    expect(back && submitted(back)?.submission).toEqual({
      text: 'Here: [image 1: cat.png, 120 KB] and more',
      attachments: [image],
    })
    const long = 'x'.repeat(20_000)
    const both = writtenBack(editor, `${long}[image 1: cat.png, 120 KB]${long}`)
    expect(both?.text.replaceAll(/[^x]/gu, '').length).toBe(0)
    expect(both && submitted(both)?.submission).toEqual({
      text: `${long}[image 1: cat.png, 120 KB]${long}`,
      attachments: [image],
    })
    const gone = writtenBack(editor, 'nothing\n')
    expect(gone && submitted(gone)?.submission.attachments).toEqual([])
  })

  it('is bounded, and folded where it is very long', () => {
    expect(writtenBack(EMPTY_EDITOR, 'x'.repeat(WRITTEN_LIMIT + 1))).toBeUndefined()
    const full = after({ type: 'paste', text: 'x'.repeat(PASTED_LIMIT) })
    expect(writtenBack(full, 'y'.repeat(20_000))).toBeUndefined()
    const long = 'a line\n'.repeat(10_000)
    const back = writtenBack(EMPTY_EDITOR, `${long}end`)
    expect(back?.text).toHaveLength(2)
    expect(back && submitted(back)?.submission.text).toBe(`${long}end`)
  })

  it('is opened by the command that the person named', () => {
    expect(editorCommand({ VISUAL: 'code --wait', EDITOR: 'nano' })).toEqual(['code', '--wait'])
    expect(editorCommand({ EDITOR: "'/opt/my editor/bin' -n" })).toEqual(['/opt/my editor/bin', '-n'])
    expect(editorCommand({ VISUAL: '' })).toEqual(['vi'])
    expect(editorCommand({ EDITOR: '"' })).toEqual(['vi'])
    expect(messageFileName('../3f2a')).toBe('nacre-message-3f2a.md')
  })
})
