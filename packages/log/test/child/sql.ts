import Database from 'libsql'

// Runs SQL on a file past the log. A process of its own: in the test's process libSQL would hold its lock until the
// garbage collector finds the last statement.
const [path = '', ...statements] = process.argv.slice(2)
const db = new Database(path)
const results = statements.map((sql) => {
  const statement = db.prepare(sql)
  return statement.reader ? statement.all([]) : statement.run([])
})
console.log(JSON.stringify(results))
