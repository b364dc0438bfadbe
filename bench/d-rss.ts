import { makePlace } from './daemon/place.ts'
import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
const p=makePlace()
const w=await p.start(); await w.stop()
for(let i=0;i<2;i++){
const d=await p.start(); await pause(5000)
for(const [n,pid] of [['sup',d.supervisor],['guest',d.guest]] as const){const st=readFileSync(`/proc/${pid}/status`,'utf8'); const g=(k:string)=>(Number(st.match(new RegExp(k+':\\s+(\\d+)'))![1])/1000).toFixed(1)
const stat=readFileSync(`/proc/${pid}/stat`,'utf8').split(') ')[1]!.split(' ')
console.log(n,'rss',g('VmRSS'),'anon',g('RssAnon'),'file',g('RssFile'),'hwm',g('VmHWM'),'cpu ticks',Number(stat[11])+Number(stat[12]),'children',Number(stat[13])+Number(stat[14]))}
await d.stop()}
p[Symbol.dispose]()
