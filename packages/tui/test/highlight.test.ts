import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Code, codeLine, newCode } from '../dist/said/highlight.js'

/** The lines of a code with the styles of its pieces, as `style(piece)`. */
function coloured(name: string, text: string): string[] {
  let code: Code = newCode(name)
  return text.split('\n').map((line) => {
    const next = codeLine(code, line)
    code = next.code
    return next.said.marks.map(({ from, to, style }) => `${style}(${next.said.text.slice(from, to)})`).join(' ')
  })
}

const LANGUAGES = 'ts py sh go rs java cpp sql css json yaml toml html diff md brainfuck'.split(' ')

describe('code', () => {
  it.each([
    ['ts', 'const x = f(`a', ['keyword(const) name(f) string(`a)']],
    ['ts', '`a\nb` + 1 // c', ['string(`a)', 'string(b`) number(1) comment(// c)']],
    ['js', "/* a\nb */ new Map('x\\'y')", ['comment(/* a)', "comment(b */) keyword(new) name(Map) string('x\\'y')"]],
    [
      'python',
      'def f(x): # c\n  """a\nb""" + 0x1F',
      ['keyword(def) name(f) comment(# c)', 'string("""a)', 'string(b""") number(0x1F)'],
    ],
    [
      'bash',
      'if [ $# -gt 1 ]; then echo "a" # c',
      ['keyword(if) number(1) keyword(then) keyword(echo) string("a") comment(# c)'],
    ],
    ['go', 'func main() { x := `a\nb` }', ['keyword(func) name(main) string(`a)', 'string(b`)']],
    ['rust', "fn f<'a>(s: &'a str) -> Vec<u8> {", ['keyword(fn) keyword(str) type(Vec) keyword(u8)']],
    [
      'java',
      '@Override public int f() { return 1; }',
      ['type(@Override) keyword(public) keyword(int) name(f) keyword(return) number(1)'],
    ],
    ['c++', 'auto s = "a"; /* b */', ['keyword(auto) string("a") comment(/* b */)']],
    [
      'sql',
      "select Name FROM t WHERE a = 'b' -- c",
      ["keyword(select) type(Name) keyword(FROM) keyword(WHERE) string('b') comment(-- c)"],
    ],
    ['css', '.a:hover { margin: 0 } /* b */', ['name(.a) number(0) comment(/* b */)']],
    ['json', '{ "a": [1, true, "b"] }', ['string("a") number(1) keyword(true) string("b")']],
    ['yaml', 'a: true # c\n- b-c: "d"', ['name(a) keyword(true) comment(# c)', 'name(b-c) string("d")']],
    ['toml', '[a.b]\nc = 1 # d', ['type([a.b])', 'name(c) number(1) comment(# d)']],
    [
      'html',
      '<a href="x">t</a> <!-- b\nc -->',
      ['keyword(<a) name(href) string("x") keyword(>) keyword(</a) keyword(>) comment(<!-- b)', 'comment(c -->)'],
    ],
    ['diff', '--- a\n@@ 1 @@\n-x\n+y\n z', ['strong(--- a)', 'type(@@ 1 @@)', 'removed(-x)', 'added(+y)', '']],
    ['markdown', '# a\n> b', ['heading(# a)', 'comment(> b)']],
  ])('in %s is coloured by what is before it: %j', (name, text, lines) => {
    expect(coloured(name, text)).toEqual(lines)
  })

  it('in a language that is not known is plain, and a line of more than 2,000 characters is', () => {
    expect(coloured('brainfuck', 'const x = "a"')).toEqual([''])
    expect(coloured('ts', `const x = "${'a'.repeat(2000)}"`)).toEqual([''])
  })

  it('is all there, its marks in order and apart, in every language', () => {
    const text = fc.string({
      unit: fc.constantFrom(...'"\'`\\/*#<>-!&;:=()[]{}@+ ax1A.$', '"""', '-->'),
      maxLength: 60,
    })
    fc.assert(
      fc.property(fc.constantFrom(...LANGUAGES), fc.array(text, { maxLength: 4 }), (name, lines) => {
        let code = newCode(name)
        for (const line of lines) {
          const next = codeLine(code, line)
          code = next.code
          expect(next.said.text).toBe(line)
          let at = 0
          for (const { from, to } of next.said.marks) {
            expect(from).toBeGreaterThanOrEqual(at)
            expect(to).toBeGreaterThan(from)
            at = to
          }
          expect(at).toBeLessThanOrEqual(line.length)
        }
      }),
      { numRuns: 500 },
    )
  })
})
