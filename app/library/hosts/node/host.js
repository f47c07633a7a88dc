// Plays a caller of OneTrans in Node, by koffi. What it is told and what it says is
// described in ../README.md. A call of thread 0 blocks the program, as most do; those
// of others run beside it.
'use strict';
const fs = require('fs');
const readline = require('readline');
const koffi = require('koffi');

const told = { symbol: 'OneTrans', convention: 'cdecl', returns: '32', buffer: '8192', fill: 'zero' };
for (const word of process.argv.slice(2)) {
    const at = word.indexOf('=');
    told[word.slice(0, at)] = word.slice(at + 1);
}
const type = { 16: 'int16_t', 32: 'int32_t', 64: 'int64_t' }[told.returns];
const convention = told.convention === 'stdcall' ? '__stdcall ' : '';
const oneTrans = koffi.load(told.library).func(`${type} ${convention}${told.symbol}(void *in, _Inout_ void *out)`);
const filling = { zero: 0, spaces: 32, garbage: 0xaa }[told.fill];

function state() {
    const handles = fs.readdirSync('/proc/self/fd').length;
    return `handles=${handles},folder=${Buffer.from(process.cwd()).toString('hex')}`;
}

function tell(name, returned, out, before) {
    let used = out.length;
    while (used > 0 && out[used - 1] === filling) used--;
    fs.writeSync(1, `${name} ${returned} ${out.toString('hex', 0, used) || '-'} ${before} ${state()}\n`);
}

function play(name, thread, data) {
    const given = Buffer.concat([Buffer.from(data, 'hex'), Buffer.alloc(1)]);
    const out = Buffer.alloc(Number(told.buffer), filling);
    const before = state();
    if (thread === '0') {
        tell(name, oneTrans(given, out), out, before);
        return;
    }
    oneTrans.async(given, out, (err, returned) => {
        if (err) throw err;
        void given; // it has to live as long as the call
        tell(name, returned, out, before);
    });
}

fs.writeSync(1, 'ready\n');
readline.createInterface({ input: process.stdin }).on('line', (line) => play(...line.split(' ')));
