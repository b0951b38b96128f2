@echo off
rem One unattended run on Windows: what the Task Scheduler calls. Set these four lines.
set AUDITKIT=C:\auditkit\.venv\Scripts\auditkit.exe
set FORMS=C:\auditkit\forms\2021
set OUT=C:\auditkit\reports\2021
set YEAR=2021
set PYTHONUTF8=1
set LOG=%OUT%\auditkit.log
if not exist "%OUT%" mkdir "%OUT%"
for %%F in ("%LOG%") do if %%~zF GTR 5242880 (
  if exist "%LOG%.3" move /y "%LOG%.3" "%LOG%.4" >nul
  if exist "%LOG%.2" move /y "%LOG%.2" "%LOG%.3" >nul
  if exist "%LOG%.1" move /y "%LOG%.1" "%LOG%.2" >nul
  move /y "%LOG%" "%LOG%.1" >nul
)
"%AUDITKIT%" run "%FORMS%" --year %YEAR% --out "%OUT%" >>"%LOG%" 2>&1
set STATUS=%ERRORLEVEL%
echo %DATE% %TIME% exit %STATUS% >>"%LOG%"
exit /b %STATUS%
