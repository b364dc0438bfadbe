import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nodePackage, pnpmPackage } from '../lib/platform.mjs'

const linux = { platform: 'linux', arch: 'x64', node: '20.0.0', musl: false }

test('every supported machine gets an exact Node of at least 24', () => {
  const machines = [
    linux,
    { ...linux, arch: 'arm64' },
    { ...linux, platform: 'darwin' },
    { ...linux, platform: 'darwin', arch: 'arm64' },
  ]
  for (const machine of machines) assert.match(nodePackage(machine).version, /^2[4-9]\.\d+\.\d+$/)
  assert.match(pnpmPackage(linux).version, /^12\.\d+\.\d+$/)
})

test('musl is refused with three ways to get Node 24, but has a pnpm', () => {
  const musl = { ...linux, musl: true }
  assert.throws(
    () => nodePackage(musl),
    (refusal) => /1\. .*\n2\. .*\n3\. /.test(refusal.mend),
  )
  assert.equal(pnpmPackage(musl).name, '@pnpm/exe.linux-x64-musl')
})

test('windows is told to use WSL', () => {
  assert.throws(
    () => pnpmPackage({ ...linux, platform: 'win32' }),
    (refusal) => refusal.mend === 'use WSL 2',
  )
})
