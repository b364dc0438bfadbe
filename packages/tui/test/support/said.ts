/** Answers to look at. */
export const GALLERY: Readonly<Record<string, string>> = {
  markdown: `## What was found

The **sum** was wrong in *one* place: it took away instead of adding. See \`src/sum.ts\` and [the notes](https://example.org/notes).

1. The test of the sum is red.
2. With the change below it is green:
   - no other caller
   - no other test

\`\`\`ts
/** Adds. */
export const sum = (a: number, b: number): number => a + b // 1 + 1 = 2
\`\`\`

| case    | before | after |
|---------|-------:|------:|
| 1 + 1   |      0 |     2 |
| 2 + 3   |     -1 |     5 |
| 漢字 👍 |      – |     – |

> Run the tests again before you merge.`,
}
