{ Plays a caller of OneTrans in Delphi, by Free Pascal: exceptions of the processor's
  arithmetic are not masked. What it is told and what it says is described in ../README.md. }
program Host;

{$mode delphi}{$H+}

uses
  {$ifdef unix}cthreads, dl,{$endif}
  {$ifdef windows}Windows,{$endif}
  SysUtils, Classes;

type
  TOneTrans = function(A, B: PAnsiChar): Integer; {$ifdef windows}stdcall;{$else}cdecl;{$endif}

const
  DelphisControlWord = $1332;
  ErrorBefore = 1234;

var
  OneTrans: TOneTrans;
  Size: Integer = 8192;
  Library_, Symbol: string;

procedure Load;
{$ifdef windows}
var
  Module: HMODULE;
begin
  Module := LoadLibraryA(PAnsiChar(Library_));
  @OneTrans := GetProcAddress(Module, PAnsiChar(Symbol));
{$else}
var
  Module: Pointer;
begin
  Module := dlopen(PAnsiChar(Library_), RTLD_NOW);
  @OneTrans := dlsym(Module, PAnsiChar(Symbol));
{$endif}
  if not Assigned(OneTrans) then
  begin
    WriteLn(StdErr, 'host: the library can''t be loaded');
    Halt(1);
  end;
end;

function Handles: LongWord;
{$ifdef windows}
begin
  Result := 0;
{$else}
var
  Found: TSearchRec;
begin
  Result := 0;
  if FindFirst('/proc/self/fd/*', faAnyFile, Found) = 0 then
  begin
    repeat
      Inc(Result);
    until FindNext(Found) <> 0;
    FindClose(Found);
  end;
{$endif}
end;

function State(Error: LongWord): string;
var
  Folder: string;
begin
  Folder := GetCurrentDir;
  Result := Format('fpu=%x,mxcsr=%x,error=%d,handles=%d,folder=', [Get8087CW, GetMXCSR and not $3f, Error, Handles]);
  if Folder <> '' then
  begin
    SetLength(Result, Length(Result) + 2 * Length(Folder));
    BinToHex(PAnsiChar(Folder), PAnsiChar(@Result[Length(Result) - 2 * Length(Folder) + 1]), Length(Folder));
  end;
  Result := LowerCase(Result);
end;

procedure Play(const Name: string; const Data: AnsiString);
var
  Buffer: AnsiString;
  Before, After, Text: string;
  Returned, Used: Integer;
  A, B: Double;
begin
  Buffer := StringOfChar(#0, Size);
  Before := State(ErrorBefore);
  {$ifdef windows}SetLastError(ErrorBefore);{$endif}
  Returned := OneTrans(PAnsiChar(Data), PAnsiChar(Buffer));
  After := State({$ifdef windows}GetLastError{$else}ErrorBefore{$endif});
  { What the call left in the processor shows with the next operation. }
  A := Returned + 1;
  B := A / 3;
  Used := Length(Buffer);
  while (Used > 0) and (Buffer[Used] = #0) do
    Dec(Used);
  SetLength(Text, 2 * Used);
  if Used > 0 then
    BinToHex(PAnsiChar(Buffer), PAnsiChar(Text), Used)
  else
    Text := '-';
  if B < 0 then
    Text := '-';
  WriteLn(Name, ' ', Returned, ' ', LowerCase(Text), ' ', Before, ' ', After);
  Flush(Output);
end;

procedure Hear(const Word: string);
var
  At: Integer;
  Name, Value: string;
begin
  At := Pos('=', Word);
  Name := Copy(Word, 1, At - 1);
  Value := Copy(Word, At + 1, Length(Word));
  if Name = 'library' then
    Library_ := Value
  else if Name = 'symbol' then
    Symbol := Value
  else if Name = 'buffer' then
    Size := StrToInt(Value);
end;

var
  Line, Name: string;
  Data: AnsiString;
  I, At: Integer;
begin
  Symbol := 'OneTrans';
  for I := 1 to ParamCount do
    Hear(ParamStr(I));
  Load;
  Set8087CW(DelphisControlWord);
  WriteLn('ready');
  Flush(Output);
  while not Eof do
  begin
    ReadLn(Line);
    At := Pos(' ', Line);
    Name := Copy(Line, 1, At - 1);
    Line := Copy(Line, At + 1, Length(Line));
    Line := Copy(Line, Pos(' ', Line) + 1, Length(Line));
    SetLength(Data, Length(Line) div 2);
    if Data <> '' then
      HexToBin(PAnsiChar(Line), PAnsiChar(Data), Length(Data));
    Play(Name, Data);
  end;
end.
