/** What has to be known of a language to colour one line of it. */
export type Language = {
  readonly keywords: ReadonlySet<string>
  /** What a comment to the end of the line begins with. */
  readonly comments: readonly string[]
  /** Signs around what may go on over several lines, in the order in which they are looked for. */
  readonly blocks: readonly Block[]
  /** Signs around a string that ends in its line. */
  readonly quotes: string
  /** How its lines are read where not by words. */
  readonly shape: 'words' | 'keys' | 'markup' | 'diff' | 'markdown'
  readonly anyCase: boolean
}
export type Block = { readonly open: string; readonly close: string; readonly style: 'comment' | 'string' }

const C_COMMENT: Block = { open: '/*', close: '*/', style: 'comment' }
const HTML_COMMENT: Block = { open: '<!--', close: '-->', style: 'comment' }
const string = (open: string, close = open): Block => ({ open, close, style: 'string' })

const language = (keywords: string, more: Partial<Language> = {}): Language => ({
  keywords: new Set(keywords.split(' ')),
  comments: [],
  blocks: [],
  quotes: '"\'',
  shape: 'words',
  anyCase: false,
  ...more,
})

const C_WORDS =
  'auto break case char const continue default do double else enum extern float for goto if inline int long register return short signed sizeof static struct switch typedef union unsigned void volatile while true false NULL'
const C_LIKE = { comments: ['//'], blocks: [C_COMMENT] }

const JAVASCRIPT = language(
  'abstract any as asserts async await boolean break case catch class const continue debugger declare default delete do else enum export extends false finally for from function get if implements import in infer instanceof interface is keyof let module namespace never new null number of override private protected public readonly return satisfies set static string super switch symbol this throw true try type typeof undefined unique unknown using var void while with yield',
  { ...C_LIKE, blocks: [C_COMMENT, string('`')] },
)
const PYTHON = language(
  'False None True and as assert async await break case class continue def del elif else except finally for from global if import in is lambda match nonlocal not or pass raise return self try while with yield',
  { comments: ['#'], blocks: [string('"""'), string("'''")] },
)
const BASH = language(
  'alias break case cd continue declare do done echo elif else esac eval exec exit export fi for function if in local printf read readonly return set shift source then time trap unset until while',
  { comments: ['#'] },
)
const GO = language(
  'any bool break byte case chan const continue default defer else error fallthrough false float64 for func go goto if import int int64 interface iota map nil package range return rune select string struct switch true type uint8 var',
  { ...C_LIKE, blocks: [C_COMMENT, string('`')] },
)
const RUST = language(
  'as async await bool break char const continue crate dyn else enum extern f32 f64 false fn for i32 i64 if impl in let loop match mod move mut pub ref return self Self static str struct super trait true type u32 u64 u8 unsafe use usize where while',
  { ...C_LIKE, quotes: '"' },
)
const JAVA = language(
  'abstract assert boolean break byte case catch char class const continue default do double else enum extends false final finally float for if implements import instanceof int interface long native new null package private protected public record return sealed short static super switch synchronized this throw throws transient true try var void volatile while yield',
  { ...C_LIKE, blocks: [C_COMMENT, string('"""')] },
)
const CPP = language(
  `${C_WORDS} bool catch class concept constexpr co_await delete explicit final friend namespace new noexcept nullptr operator override private protected public requires template this throw try typename using virtual`,
  C_LIKE,
)
const SQL = language(
  'add all alter and as asc begin between by case check column commit constraint create cross database default delete desc distinct drop else end exists foreign from full group having if in index inner insert into is join key left like limit not null offset on or order outer primary references returning right rollback select set table then transaction truncate union unique update using values view when where with',
  { comments: ['--'], blocks: [C_COMMENT], anyCase: true },
)
const CSS = language('@media @import @supports @keyframes @font-face @layer important', {
  blocks: [C_COMMENT],
  shape: 'keys',
})
const JSON_LIKE = language('true false null', { ...C_LIKE, quotes: '"', shape: 'keys' })
const YAML = language('true false null yes no on off', { comments: ['#'], shape: 'keys' })
const TOML = language('true false', {
  comments: ['#', ';'],
  blocks: [string('"""'), string("'''")],
  shape: 'keys',
})
const MARKUP = language('', { blocks: [HTML_COMMENT], shape: 'markup' })
const DIFF = language('', { shape: 'diff' })
const MARKDOWN = language('', { shape: 'markdown' })

const NAMES: readonly (readonly [names: string, language: Language])[] = [
  ['js javascript mjs cjs jsx ts typescript mts cts tsx', JAVASCRIPT],
  ['py python python3', PYTHON],
  ['sh bash shell zsh dockerfile', BASH],
  ['go golang', GO],
  ['rs rust', RUST],
  ['java kotlin kt', JAVA],
  ['c h cpp c++ cc hpp cxx', CPP],
  ['sql postgresql postgres sqlite mysql', SQL],
  ['css scss less', CSS],
  ['json jsonc json5 jsonl', JSON_LIKE],
  ['yaml yml', YAML],
  ['toml ini conf properties', TOML],
  ['html xml svg vue xhtml', MARKUP],
  ['diff patch', DIFF],
  ['md markdown', MARKDOWN],
]
const LANGUAGES: ReadonlyMap<string, Language> = new Map(
  NAMES.flatMap(([names, one]) => names.split(' ').map((name) => [name, one] as const)),
)

/** The language of a fence's word, or of a file's ending; one that is not known is not coloured. */
export const languageOf = (name: string): Language | undefined => LANGUAGES.get(name.toLowerCase())
