# ruff: noqa: E501 - a table has one row a line
"""What is said in the recordings of ``benchmarks.end_of_turn_data``: names and words only."""

ASTERISK_SENTENCES = """
agent-alreadyon|That agent is already logged on. Please enter your agent number followed by the pound key.
agent-newlocation|Please enter a new extension, followed by pound.
agent-pass|Please enter your password followed by the pound key.
all-circuits-busy-now|All circuits are busy now.
cannot-complete-as-dialed|Your call cannot be completed as dialed.
check-number-dial-again|Please check the number and dial again.
conf-extended|The conference has been extended.
conf-full|That conference is full.
conf-getchannel|Please enter the channel number followed by the pound key.
conf-getpin|Please enter the conference pin number.
conf-invalid|That is not a valid conference number. Please try again.
conf-invalidpin|That pin is invalid for this conference.
conf-kicked|You have been kicked from this conference.
conf-leaderhasleft|The leader has left the conference.
conf-locked|This conference is locked.
conf-lockednow|The conference is now locked.
conf-muted|You are now muted.
conf-noempty|No empty conferences currently exist.
conf-nonextended|The conference cannot be extended.
conf-now-recording|The conference is now being recorded.
conf-onlyone|There is currently one other participant in the conference.
conf-onlyperson|You are currently the only person in this conference.
conf-placeintoconf|You will now be placed into the conference.
conf-roll-callcomplete|Playback of the list of people attending is complete.
conf-waitforleader|The conference will begin when the leader arrives.
confbridge-begin-glorious-a|The conference will begin when our glorious leader arrives.
confbridge-conf-end|The conference has ended.
confbridge-invalid|You have entered an invalid option.
confbridge-lock-no-join|The conference is currently locked and cannot be joined.
confbridge-only-participant|You are currently the only participant in the conference.
confbridge-pin|Please enter your personal identification number followed by the pound, or hash key.
confbridge-pin-bad|You have entered too many invalid personal identification numbers.
confbridge-removed|You have been removed from the conference.
confbridge-unmuted|You are no longer muted.
demo-echodone|The echo test has been completed.
demo-enterkeywords|Please enter one or more keywords separated by star and then press the pound key.
demo-nomatch|I'm sorry there are no matches for those keywords.
dictate/enter_filename|Enter a numeric dictation filename followed by pound or just pound to exit.
dir-instr|If this is the person you are looking for press one now, otherwise please press star now.
dir-multi9|Press nine for more entries.
dir-nomatch|No directory entries match your search.
dir-nomore|There are no more compatible entries in the directory.
dir-welcome|Welcome to the directory.
do-not-disturb|Do not disturb.
enter-num-blacklist|Please enter the number to be blacklisted.
entr-num-rmv-blklist|Please enter the number to be removed from the blacklist.
feature-not-avail-line|That feature is not available on this line.
followme/no-recording|You have an incoming call.
followme/options|Press one to accept this call, or two to reject it.
followme/pls-hold-while-try|Please hold while I try to locate the person you are calling.
followme/sorry|I'm sorry, but I was unable to locate the person you were calling.
followme/status|The person you are calling is not at their desk. I will try to locate them for you.
invalid|I am sorry, that's not a valid extension. Please try again.
number-not-answering|The number is not answering.
pbx-invalidpark|I am sorry, but there is no call parked on that extension. Please try again.
please-try-again|Please try again.
please-try-call-later|Please try your call again later.
pls-hold-while-try|Please hold while we try to connect you.
pm-invalid-option|That option is invalid. Please try again.
priv-introsaved|Thank you. Please hold, while I attempt to connect you with your party.
priv-recordintro|At the tone, please say your name.
privacy-incorrect|I'm sorry, that number is not valid.
privacy-prompt|Please enter your phone number, starting with the area code.
privacy-unident|The party you are trying to reach does not accept unidentified calls.
queue-thankyou|Thank you for your patience.
queue-youarenext|Your call is now first in line and will be answered by the next available representative.
something-terribly-wrong|Something is terribly wrong.
speed-dial-empty|The speed dial entry you've accessed is empty.
ss-noservice|The number you have dialed is not in service. Please check the number and try again.
transfer|Please hold while I try that extension.
tt-monkeysintro|They have been carried away by monkeys.
tt-weasels|Weasels have eaten our phone system.
vm-advopts|Press three for advanced options.
vm-calldiffnum|Press two to enter a different number.
vm-changeto|Change to which folder?
vm-dialout|Please wait while I connect your call.
vm-enter-num-to-call|Please enter the number you wish to call.
vm-forwardoptions|Press one to prepend a message or two to forward the message without prepending.
vm-helpexit|Press star for help or pound to exit.
vm-invalid-password|That password does not meet the minimum requirements for this mailbox. Please try again.
vm-leavemsg|Press five to leave a message.
vm-marked-nonurgent|Urgent status removed.
vm-msgforwarded|Your message has been successfully forwarded.
vm-msgsaved|Your message has been saved.
vm-newuser|Welcome to Comedian Mail. First, I will guide you through a short setup process.
vm-next|Press six to play the next message.
vm-nobodyavail|Nobody is available to take your call at the moment.
vm-nobox|You cannot reply to this message because the sender does not have a mailbox.
vm-nomore|No more messages.
vm-nonumber|I'm afraid I don't know who sent this message.
vm-passchanged|Your passwords have been changed.
vm-prev|Press four for the previous message.
vm-reachoper|Press zero to reach an operator.
vm-rec-name|After the tone say your name and then press the pound key.
vm-reenterpassword|Please re-enter your password followed by the pound key.
vm-repeat|Press five to repeat the current message.
vm-review-urgent|Press four to mark this message as urgent.
vm-savefolder|Which folder should I save the message to?
vm-saveoper|Press one to accept this recording, otherwise, please continue to hold.
vm-sorry|I'm sorry I did not understand your response.
vm-starmain|Press star to return to the main menu.
vm-tempgreetactive|Your temporary greeting is currently active.
vm-tempremoved|Your temporary greeting has been removed.
vm-tmpexists|There is a temporary greeting, which overrides your standard greetings.
vm-tocallback|Press two to call the person who sent this message.
vm-toforward|Press eight to forward the message to another user.
vm-tooshort|Your message is too short.
vm-toreply|Press one to send a reply.
vm-whichbox|To leave a message, please enter a mailbox number.
"""
"""Whole sentences: recording, words."""

ASTERISK_ANSWERS = """
hello|Hello.
goodbye|Goodbye.
auth-thankyou|Thank you.
im-sorry|I'm sorry.
vm-no|No.
hello-world|Hello world.
demo-thanks|Goodbye. Thank you for trying out the Asterisk Open Source PBX.
digits/day-0|Sunday.
digits/day-1|Monday.
digits/day-2|Tuesday.
digits/day-3|Wednesday.
digits/day-4|Thursday.
digits/day-5|Friday.
digits/day-6|Saturday.
digits/mon-0|January.
digits/mon-1|February.
digits/mon-8|September.
digits/today|Today.
digits/tomorrow|Tomorrow.
digits/yesterday|Yesterday.
"""
"""What answers a question in a word or two."""

ASTERISK_FRAGMENTS = """
at-tone-time-exactly|At the sound of the tone, the time will be exactly
conf-enteringno|You are entering conference number
conf-thereare|There are currently
confbridge-there-are|There are currently
confbridge-dec-list-vol-in|To decrease the audio volume from other participants
confbridge-dec-talk-vol-in|To decrease your speaking volume to other participants
confbridge-inc-list-vol-in|To increase the audio volume from other participants
confbridge-inc-talk-vol-in|To increase your speaking volume to other participants
confbridge-leave-in|To leave the conference
confbridge-lock-in|To lock, or unlock the conference
confbridge-menu-exit-in|To exit the menu
confbridge-mute-in|To mute or unmute yourself
confbridge-remove-last-in|To remove the participant who most recently joined the conference
confbridge-rest-list-vol-in|To reset the audio volume of the conference to the default level
confbridge-rest-talk-vol-in|To reset your speaking volume to the default level
dir-multi1|Press
dir-pls-enter|Please enter the first
followme/call-from|Incoming call from
if-correct-press|If this is correct, press
is-set-to|Is set to
num-was-successfully|The number was successfully
priv-callpending|I have a caller waiting, who introduces themselves as
privacy-to-blacklist-last-caller|The last caller was
queue-holdtime|The estimated hold time is currently
queue-less-than|Less than
queue-quantity1|Currently, there are more than
queue-thereare|You are currently caller number
to-call-this-number|To call this number
to-extension|To extension
to-listen-to-it|To listen to it
to-rerecord-it|To re-record it
vm-and|And
vm-duration|This message lasts
vm-from|From
vm-from-extension|Message from extension
vm-from-phonenumber|Message from phone number
vm-num-i-have|The number I have is
vm-onefor|Press one for
vm-onefor-full|Press one to listen to
vm-savedto|Saved to
vm-theperson|The person at extension
vm-youhave|You have
with|With
your|Your
you-entered|You entered
"""
"""Beginnings of sentences, spoken as such: another recording is to follow."""

HESITATIONS = """
confbridge-mute-in|700
queue-thereare|700
confbridge-lock-in|600
confbridge-dec-talk-vol-in|800
conf-thereare|500
queue-quantity1|900
confbridge-remove-last-in|700
vm-theperson|600
"""
"""The eight pauses at which other frameworks were measured: recording, milliseconds of silence after it."""

NATURAL_PAUSES = """
azure/LanguageDetection_enUS.wav|0.0|3.23|end|This is testing the language id with English language.
azure/LanguageDetection_enUS.wav|3.23|6.43|end|I hope I can get high confidence from language id.
azure/aboutSpeechSdk.wav|5.93|9.95|end|The capabilities of the Speech SDK are often associated with scenarios.
azure/aboutSpeechSdk.wav|10.41|17.31|250|The Speech SDK is ideal for both real-time and non-real-time scenarios using local devices, files
azure/aboutSpeechSdk.wav|21.19|24.26|420|When a scenario is not achievable with the Speech SDK
azure/aboutSpeechSdk.wav|21.19|26.75|end|When a scenario is not achievable with the Speech SDK, look for a REST API alternative.
azure/aboutSpeechSdk.wav|27.49|28.74|250|Speech-to-text
azure/aboutSpeechSdk.wav|27.49|30.5|380|Speech-to-text, also known as speech recognition
azure/aboutSpeechSdk.wav|36.71|39.68|320|Use speech-to-text with language understanding, LUIS
azure/aboutSpeechSdk.wav|36.71|43.68|end|Use speech-to-text with language understanding, LUIS, to derive user intents from transcribed speech and act on voice commands.
azure/aboutSpeechSdk.wav|44.07|48.45|end|Use speech translation to translate speech input to a different language with a single call.
azure/aboutSpeechSdk.wav|48.84|52.0|end|For more information, see speech-to-text basics.
azure/speechService.wav|0.68|2.59|end|What is the speech service?
azure/speechService.wav|2.63|4.16|480|The speech service
azure/speechService.wav|23.3|26.08|end|These features make up the speech services.
azure/speechService.wav|34.5|35.81|260|Speech-to-text
azure/speechService.wav|47.43|52.03|250|Use speech-to-text with language understanding to derive user
azure/enrollment_audio_katie.wav|0.45|6.94|end|Hello, it is a good day for me to teach you the sound of my voice. You have learned what I look like, now you can hear what I sound like.
azure/enrollment_audio_katie.wav|7.21|11.97|end|The sound of my voice will help the transcription service to recognize my unique voice in the future.
azure/enrollment_audio_katie.wav|12.29|17.73|end|Training will provide a better experience with greater accuracy when talking or dictating. Thank you and goodbye.
azure/enrollment_audio_steve.wav|1.16|4.35|end|Hello, it's a good day for me to teach you the sound of my voice.
azure/enrollment_audio_steve.wav|4.74|7.62|end|You have learned what I look like, now you can hear what I sound like.
azure/enrollment_audio_steve.wav|8.17|13.02|end|The sound of my voice will help the transcription service to recognize my unique voice in the future.
azure/enrollment_audio_steve.wav|13.48|17.79|end|Training will provide a better experience with greater accuracy when talking or dictating.
azure/enrollment_audio_steve.wav|17.8|19.04|end|Thank you and goodbye.
azure/katiesteve_mono.wav|0.81|1.95|end|Good morning Steve.
azure/katiesteve_mono.wav|2.41|3.42|end|Good morning Katie.
azure/katiesteve_mono.wav|3.75|7.36|end|Have you heard about the new conversation transcription capability?
azure/katiesteve_mono.wav|7.78|8.96|end|No, tell me more.
azure/katiesteve_mono.wav|9.25|14.69|end|It's a new feature that transcribes our discussion and lets us know who said what.
azure/katiesteve_mono.wav|15.01|16.35|end|That sounds interesting.
azure/katiesteve_mono.wav|16.42|17.63|end|I'm going to give this a try.
azure/whatstheweatherlike.wav|0.0|1.28|end|What's the weather like?
jfk/jfk.wav|0.1|2.24|1060|And so my fellow Americans
jfk/jfk.wav|0.1|4.42|990|And so my fellow Americans, ask not
jfk/jfk.wav|3.05|10.59|end|Ask not what your country can do for you, ask what you can do for your country.
librispeech/librispeech-1995-1837-0001.wav|0.0|2.4|end|It was the first great sorrow of his life.
librispeech/librispeech-1995-1837-0001.wav|2.5|6.4|250|It was not so much the loss of the cotton itself, but the fantasy
librispeech/librispeech-1995-1837-0001.wav|2.5|8.67|end|It was not so much the loss of the cotton itself, but the fantasy, the hopes, the dreams built around it.
picovoice/diarization_test.wav|1.77|3.81|end|And so it begins.
picovoice/diarization_test.wav|6.05|11.14|1700|This is what a crocodile sounds like. It's like meditating in the water, and it's like
picovoice/diarization_test.wav|12.58|13.95|290|Ladies and gentlemen
picovoice/diarization_test.wav|13.99|15.9|end|Please fasten your seat belts.
picovoice/diarization_test.wav|16.07|18.24|end|We are expecting some turbulence.
picovoice/diarization_test.wav|18.53|19.3|end|Thank you.
picovoice/test.wav|0.29|5.5|end|Mister Quilter is the apostle of the middle classes, and we are glad to welcome his gospel.
picovoice/test_en.wav|0.55|3.58|end|Today only platforms one and three are used.
picovoice/test_en_norm.wav|0.0|4.67|end|The expression goes six times ten equals sixty, not six hundred thousand.
picovoice/test_en_norm.wav|4.67|6.72|end|That gives us a twelve percent chance.
librivox/sense_and_sensibility_01_austen_64kb-0870.wav|0.1|6.88|end|And Mister John Dashwood had then leisure to consider how much there might be prudently in his power to do for them.
librivox/sense_and_sensibility_01_austen_64kb-0880.wav|0.0|2.85|end|He was not an ill-disposed young man.
librivox/sense_and_sensibility_01_austen_64kb-0920.wav|0.1|5.86|end|Had he married a more amiable woman, he might have been made still more respectable than he was.
librivox/sense_and_sensibility_01_austen_64kb-0930.wav|0.0|3.04|end|He might even have been made amiable himself.
speechbrain/spk1_snt1.wav|0.0|2.98|end|The child almost hurt the small dog.
speechbrain/spk1_snt2.wav|0.0|3.17|end|Drop the two when you add the figures.
speechbrain/spk1_snt3.wav|0.0|2.78|end|At that high level the air is pure.
speechbrain/spk1_snt4.wav|0.0|2.59|end|A thin stripe runs down the middle.
speechbrain/spk1_snt5.wav|0.0|2.59|end|Sunday is the best part of the week.
speechbrain/spk1_snt6.wav|0.0|2.3|end|The pencils have all been used.
speechbrain/spk2_snt1.wav|0.0|1.92|end|We are sure that one war is enough.
speechbrain/spk2_snt2.wav|0.0|1.76|end|What joy there is in living.
speechbrain/spk2_snt3.wav|0.0|1.92|end|Tear a thin sheet from the yellow pad.
speechbrain/spk2_snt4.wav|0.0|2.02|end|Mend the coat before you go out.
speechbrain/spk2_snt5.wav|0.0|1.95|end|Jump the fence and hurry up the bank.
speechbrain/spk2_snt6.wav|0.0|1.82|end|Canned pears lack full flavor.
ps_cards/001.wav|0.0|0.99|end|Ten of clubs.
ps_cards/003.wav|0.0|1.38|end|Seven of clubs.
"""
"""Other speakers: file, first and last second, ``end`` or how many milliseconds they paused before they went on, words."""

DICTATIONS = """
472 913
0176 555 382
555 0199
84 22 76
4929 1180 3356 7002
31 415 926
7 7 9 2
020 7946 0018
smi th
b4 779
wk 23 91
"""
"""Numbers and names as they are dictated: a pause after each group."""

SYNTHETIC_SENTENCES = """
I would like to report a water damage in my kitchen.|Yes.|Yeah.|No.|No thanks.|Okay.|That's correct.|Boston.
Yes, that is right.|My name is Robert Miller.|It happened yesterday evening.|Nobody was hurt.|On Tuesday afternoon.
I was driving home from work when another car hit me.|How long will it take?|What documents do you need from me?
Can I get a rental car while mine is being repaired?|The other driver gave me her name, but not her insurance.
Could you tell me whether my claim was accepted?|I don't know.|I think so.|Near the old bridge.|About two weeks ago.
I want to cancel my contract.|Please send it to my home address.|You can call me back at any time.|That's all, thank you.
A blue Toyota Corolla.|There is a dent in the left door, and the mirror is broken.|Is the repair covered by my insurance?
I'm calling about the letter that you sent me last week.|Thank you very much, that is all I needed today.|Speaking.
I already told your colleague.|Would it be possible to talk to a human?|It was raining, so the road was wet.|Good morning.
When will the technician come?|I need some more time to find it.|The ceiling is wet and the paint is coming off.|Bye.
"""
"""Whole turns of callers, spoken by a synthetic voice."""

SYNTHETIC_BEGINNINGS = """
My policy number is four seven two|I would like to|The accident happened near|Could you tell me if|I live at number twelve
What I wanted to ask is|I was on my way to|My name is|It's about the|The other driver was|I need to talk to someone about
We had a pipe that|Yes, but|And then|I think it was on the|When I came home|If you could just|Because my|Um|Let me see
My address is|You can reach me at|The number is zero one seven|I'd like to change my|He told me that|It was around
There is a crack in|The damage is in the kitchen and|No, I mean|So the thing is|I have a question about my|After the storm
My email is john dot smith at|Do you know when the|I called last week and|The car is a|She said she would|Well, I
I wanted to know whether|As soon as I have the papers
"""
"""Where the same callers pause before they go on."""
